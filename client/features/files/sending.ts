/** As the server takes files: whatever the browser thinks that it is. */
export const asFile = (file: File): Blob => new Blob([file], { type: 'application/octet-stream' });

/** Of several answers only that to the last question counts. */
export class Latest {
  #asked = 0;

  /** Null: something else was asked since. */
  async of<T>(answer: Promise<T>): Promise<T | null> {
    const mine = ++this.#asked;
    const given = await answer;
    return mine === this.#asked ? given : null;
  }
}
