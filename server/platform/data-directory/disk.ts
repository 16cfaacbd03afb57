import { statfs } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import { AppConfig } from '../config/config.ts';

/** A tenth, or of a large disk this much, is left to what people write. */
const SPARE = { part: 0.1, bytes: 5 * 1024 ** 3 };

/** The disk under the embedded store. */
@Injectable()
export class Disk {
  constructor(private readonly config: AppConfig) {}

  /** Whether files may still be taken in. Of a store elsewhere nothing is known, and it is believed to have room. */
  async hasRoom(): Promise<boolean> {
    if (this.config.mongodbUri !== null) return true;
    const disk = await statfs(this.config.dataDir).catch(() => null);
    if (!disk) return true;
    const free = disk.bavail * disk.bsize;
    return free >= Math.min(SPARE.bytes, disk.blocks * disk.bsize * SPARE.part);
  }
}
