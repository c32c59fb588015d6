import { Transform, type TransformCallback } from 'node:stream';

/**
 * A Transform that fails in order: what was pushed before the failure is read before the stream is destroyed. Node's
 * own Transform drops whatever its reader has not taken yet, and with it frames that arrived intact.
 */
export abstract class OrderlyTransform extends Transform {
  #failure: { readonly error: Error; readonly callback: TransformCallback } | undefined;

  protected fail(error: unknown, callback: TransformCallback): void {
    const reason = error instanceof Error ? error : new Error(String(error));
    if (this.readableLength === 0) callback(reason);
    else this.#failure = { error: reason, callback };
  }

  override read(size?: number): unknown {
    const item: unknown = super.read(size);
    const failure = this.#failure;
    if (failure !== undefined && this.readableLength === 0) {
      this.#failure = undefined;
      // After the reader has had the item that this call returns.
      process.nextTick(failure.callback, failure.error);
    }
    return item;
  }
}
