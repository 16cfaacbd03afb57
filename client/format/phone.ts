/** «+79161234567» → «+7 916 123-45-67»; other numbers stay as they are. */
export function formatPhone(phone: string): string {
  const digits = phone.replace(/[^\d]/g, '');
  const match = /^[78](\d{3})(\d{3})(\d{2})(\d{2})$/.exec(digits);
  if (!match) return phone;
  return `+7 ${match[1]} ${match[2]}-${match[3]}-${match[4]}`;
}
