import { useTexts } from '../../messages/react';

export default function LivePage() {
  const { live } = useTexts();
  return <h1>{live.title}</h1>;
}
