import { useTexts } from '../../messages/react';

export default function SystemPage() {
  const { system } = useTexts();
  return <h1>{system.title}</h1>;
}
