// First of all imports: zod asks with its first schema whether it may compile code, and the page's policy, which says
// no, would be reported as broken at each load.
import { config } from 'zod';

config({ jitless: true });
