/** What is said to an owner who leaves, in English. */
export const leave = {
  title: 'Leave',
  help: 'You can leave at any time. We send you a letter first. Nothing happens until you say yes there.',
  send: 'Send me the letter',
  sent: (email: string) =>
    `A letter is on its way to ${email}. Open the link in it, read, and decide. It works for 30 minutes.`,
  ask: 'Do you want to leave?',
  lead: (email: string) => `This is for ${email}. Nothing has happened yet.`,
  goes: 'What goes',
  pictures: 'Whoever watches now loses the picture within a second. Nobody can watch again.',
  removed: (names: string) => `These cameras go out of the register: ${names}.`,
  shared: (names: string) =>
    `Somebody else has these with you: ${names}. They stay theirs. Nobody can watch until they allow it anew.`,
  erased: 'We erase your name, your addresses, your phone number, your passkeys and what you answered us.',
  waiting: 'Notices that are not sent yet are not sent any more.',
  stays: 'What stays, and why',
  record:
    'The record of who watched, when and why, and of what you allowed. It has a number for you, and not your name. With it anybody can still check what was done. It is erased by its age.',
  addresses:
    'A scrambled form of where each picture came from, without your name. So nobody here can open your camera under another name. Only somebody who gets the camera or its address after you can share it anew, on pages of their own. The record says when that happens.',
  first: 'After this you cannot look any more at who watched. Download the proofs first, if you want them.',
  yes: 'Yes, leave now',
  no: 'No, stay',
  left: 'You have left',
  leftText: (email: string) => `Everything is done. A last letter to ${email} says so.`,
};
export type LeaveWords = typeof leave;
