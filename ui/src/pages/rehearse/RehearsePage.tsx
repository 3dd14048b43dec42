import { useTexts } from '../../messages/react';

export default function RehearsePage() {
  const { rehearse } = useTexts();
  return <h1>{rehearse.title}</h1>;
}
