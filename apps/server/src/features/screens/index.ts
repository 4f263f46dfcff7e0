export { ScreenOrders } from './orders.ts';
export { ScreenService, screenSockets } from './service.ts';
export { screenRoutes } from './http.ts';
