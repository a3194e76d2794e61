import type { IntakeRecord } from '../intake.js';

/** What a caller told, for an endpoint whose firm has asked for more than ids. Privileged. */
export const intakeDetails = ({ contact, matter, disposition }: IntakeRecord): Record<string, unknown> => ({
  disposition,
  ...(contact.firstName && { first_name: contact.firstName.value }),
  ...(contact.lastName && { last_name: contact.lastName.value }),
  ...(contact.phone && { phone: contact.phone.value }),
  ...(contact.email && { email: contact.email.value }),
  ...(matter.practiceArea && { practice_area: matter.practiceArea.value }),
  ...(matter.state && { state: matter.state.value }),
});
