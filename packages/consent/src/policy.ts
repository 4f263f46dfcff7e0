import type { PolicyPreset, SitePolicy } from '@clerestory/protocol';

const everywhere: Omit<SitePolicy, 'preset'> = {
  isPrivateOff: false,
  offReason: '',
  noLiveFrom: [],
  radiusM: null,
  retentionDays: 30,
  allowsStanding: true,
  askers: ['operator', 'supervisor', 'investigator'],
  approval: 'own-incident',
  approvers: ['supervisor'],
  grantMinutes: 60,
  incidentHours: 12,
  exigentHours: 0,
};

/**
 * Presets, named after whose rules they lean on. They set our switches; whether they meet a law is for the site to say.
 * - `nashville` (BL2025-690): no live video from purely residential places, and only with an incident
 * - `san-francisco` (Administrative Code 19B): a higher rank approves; exigent use for 24 hours at most
 * - `seattle` (Ordinance 127111): short retention, near incidents only
 */
const presets: Readonly<Record<Exclude<PolicyPreset, 'custom'>, Partial<SitePolicy>>> = {
  clerestory: { noLiveFrom: ['residential'], radiusM: 1_000 },
  nashville: { noLiveFrom: ['residential'], radiusM: 1_000, allowsStanding: false },
  'san-francisco': { approval: 'always', exigentHours: 24, retentionDays: 30 },
  seattle: {
    noLiveFrom: ['residential', 'health', 'worship'],
    radiusM: 500,
    retentionDays: 5,
    approval: 'always',
  },
};

/** The switches of a preset. */
export const policyOf = (preset: Exclude<PolicyPreset, 'custom'>): SitePolicy => ({
  ...everywhere,
  ...presets[preset],
  preset,
});

const least = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.min(a, b);

/** C9: of two limits the smaller; null limits nothing. */
export const strictestRadiusM = (...limits: (number | null)[]): number | null => limits.reduce(least, null);

/** Whether a policy refuses something that another one allows, for the record and for whoever changes it. */
export function isStricter(a: SitePolicy, b: SitePolicy): boolean {
  const approvals = ['never', 'own-incident', 'always'];
  return (
    (a.isPrivateOff && !b.isPrivateOff) ||
    a.noLiveFrom.some((kind) => !b.noLiveFrom.includes(kind)) ||
    (least(a.radiusM, b.radiusM) === a.radiusM && a.radiusM !== b.radiusM) ||
    (!a.allowsStanding && b.allowsStanding) ||
    approvals.indexOf(a.approval) > approvals.indexOf(b.approval) ||
    b.askers.some((role) => !a.askers.includes(role)) ||
    a.grantMinutes < b.grantMinutes ||
    a.incidentHours < b.incidentHours ||
    a.exigentHours < b.exigentHours ||
    a.retentionDays < b.retentionDays
  );
}
