import { later } from '../later/parts.ts';

export const recordingPlayer = later(() => import('./RecordingPlayer.svelte'));
