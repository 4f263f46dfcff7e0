import { Lists } from './AuditLists.tsx';
import { Search } from './AuditSearch.tsx';
import { CouldSeeForm } from './CouldSee.tsx';
import { Section } from './Section.tsx';

/** The auditor's questions to the record. */
export function Audit() {
  return (
    <Section
      title="Audit"
      wide
      text="Every question that you ask here is recorded too, before it is answered."
      problem={null}
    >
      <CouldSeeForm />
      <Lists />
      <Search />
    </Section>
  );
}
