/** What is written before a number. An N counts only where it stands apart: «N449» is a number of its own. */
const SIGN = /^(?:\s|№|N(?:o?\.\s*|o?\s+)(?=\d))+/iu;

/** The number of an order as it is kept: screens and papers write «№ 449», and so people copy it. */
export const orderNumber = (text: string): string => text.replace(SIGN, '').replace(/\s+/g, ' ').trim();
