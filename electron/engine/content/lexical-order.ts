/**
 * Compares names the way registries list them: letters without regard to case, equals by code unit so that the order is total.
 * distribution-spec v1.1.1, "Listing Tags"; people see natural order instead, which is made where things are shown.
 */
export function lexicalOrder(a: string, b: string): number {
  return compareText(a.toLowerCase(), b.toLowerCase()) || compareText(a, b);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
