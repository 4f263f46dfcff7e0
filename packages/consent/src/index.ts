export { applyChange, expireConsent, propose, type ChangeRefusal } from './change.ts';
export { decide, type Asking, type CameraFacts, type Decision, type Permits } from './decide.ts';
export { distanceM } from './distance.ts';
export { endOfHours, isWithinHours } from './hours.ts';
export { wordsThatCount } from './left.ts';
export { isStricter, policyOf } from './policy.ts';
export { consentStateOf } from './state.ts';
