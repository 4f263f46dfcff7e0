import { openNoticeDesk } from './desk.ts';

// A process that tells owners of things until it is killed: `node main.ts <folder> <SMTP port> <notices to add>`.
const [dir = '', port = '', count = '0'] = process.argv.slice(2);
const desk = await openNoticeDesk(dir, Number(port));
const owner = desk.owners.registry.list()[0]?.id ?? '';
for (let n = 0; n < Number(count); n++) await desk.tell(owner, `access-${n}`);
process.stdout.write('enqueued\n');
desk.notices.start();
setInterval(() => undefined, 60_000);
