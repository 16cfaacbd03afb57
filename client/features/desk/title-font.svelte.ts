const fontOf = (isBold: boolean) => `${isBold ? 600 : 400} 13.5px "Golos Text Variable"`;
/** Of each file of it that titles are made of: letters of both kinds, digits, and the sign of money. */
const SAMPLE = 'ЯA1₽';
/** A letter, where nothing can be measured yet; one line too many is less harm than words that are cut. */
const LETTER_PX = 7.6;

/** The letters of titles. They come after the first rows may have; whoever has measured before measures once more. */
class TitleFont {
  #isThere = $state(false);
  #canvas: CanvasRenderingContext2D | null = null;

  constructor() {
    // Without it all is drawn in other letters, and for these the estimate holds.
    void document.fonts?.load(fontOf(true), SAMPLE).then(
      (faces) => {
        this.#isThere = faces.length > 0;
      },
      () => undefined,
    );
  }

  get isThere(): boolean {
    return this.#isThere;
  }

  /** Of a title in one line, px. */
  widthOf(title: string, isBold: boolean): number {
    if (this.isThere) this.#canvas ??= document.createElement('canvas').getContext('2d');
    if (!this.#canvas) return title.length * LETTER_PX;
    this.#canvas.font = fontOf(isBold);
    return this.#canvas.measureText(title).width;
  }
}

export const titleFont = new TitleFont();
