import { useTexts } from '../../messages/react';

export default function IncidentsPage() {
  const { incidents } = useTexts();
  return <h1>{incidents.title}</h1>;
}
