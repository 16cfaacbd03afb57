/** A name without its case: no two crews are called alike. */
export const crewKey = (name: string): string => name.toLocaleLowerCase('ru').replaceAll('ё', 'е');
