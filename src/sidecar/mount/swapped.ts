/** A directory was swapped or removed under the reader: start over. */
export class SwappedWhileReading extends Error {}
