/** The ids of our custom fields in a firm's Clio: made once per firm, remembered in its connection. */
import { ensureReferenceField, type ParentType } from '../clients/clio/reference-field.js';
import { lockSetup, mergeSettings, readConnection } from '../db/connections.js';
import { withTenant } from '../db/tenant.js';
import type { FirmInClio } from './clio-firm.js';
import { FirmClioSettings } from './clio-settings.js';

const rememberedFields = (
  settings: Record<string, unknown>,
): Partial<Record<ParentType, number | undefined>> => FirmClioSettings.parse(settings).referenceFields;

/** @throws OutsideError */
export async function referenceFieldId(firm: FirmInClio, parent: ParentType): Promise<number> {
  const { pool, tenantId, clio } = firm;
  const known = rememberedFields(firm.settings)[parent];
  if (known !== undefined) return known;
  return withTenant(pool, tenantId, async (scope) => {
    // Two first writes of a firm would otherwise make the field twice.
    await lockSetup(scope, tenantId, 'clio');
    const fields = rememberedFields((await readConnection(scope, tenantId, 'clio'))?.settings ?? {});
    const id = fields[parent] ?? (await ensureReferenceField(clio, parent));
    await mergeSettings(scope, tenantId, 'clio', { referenceFields: { ...fields, [parent]: id } });
    return id;
  });
}

export async function forgetReferenceFields({ pool, tenantId }: FirmInClio): Promise<void> {
  await withTenant(pool, tenantId, (scope) =>
    mergeSettings(scope, tenantId, 'clio', { referenceFields: {} }),
  );
}
