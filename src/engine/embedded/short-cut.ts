/** A batch was read by a faster way that only holds for most data: it is to be run again the long way, which says what is wrong or finds nothing wrong. */
export class ShortCutFailed extends Error {}
