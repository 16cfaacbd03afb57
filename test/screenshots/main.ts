// npm run screenshots: starts the production build on an empty directory, writes a small company, and takes every
// picture in both languages, light and dark, wide and narrow, into screenshots/ (not kept in git).
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { root, startApp } from '../support/app-process.ts';
import { type Chromium, launchChromium } from '../support/chromium.ts';
import { Client } from '../support/client.ts';
import { SCREEN_SHOTS } from './screens.ts';
import { PASSWORD, seed } from './seed.ts';
import { SHOTS, type Shot } from './shots.ts';

const folder = join(root, 'screenshots');
const LOCALES = ['ru', 'en'] as const;
const THEMES = ['light', 'dark'] as const;
const SIZES = [
  { width: 1440, height: 900, narrow: false },
  { width: 390, height: 844, narrow: true },
];
/** Fields of dates are drawn by the browser, in the language of the machine. */
process.env.LANGUAGE = 'ru';

async function take(chromium: Chromium, url: string, shot: Shot): Promise<string[]> {
  const problems: string[] = [];
  for (const locale of LOCALES) {
    if (shot.login) {
      const script = await new Client(url).signIn(shot.login, PASSWORD);
      await script.patch('/api/session/user', { locale });
    }
    for (const colorScheme of THEMES) {
      for (const { narrow, ...viewport } of SIZES) {
        const name = `${shot.name}-${locale}-${colorScheme}-${viewport.width}`;
        const { page, errors } = await chromium.newPage({ viewport, colorScheme, hasTouch: narrow });
        // Pictures have time; the machine may be busy with other things.
        page.setDefaultTimeout(60_000);
        await page.addInitScript((language) => {
          localStorage.setItem('svodka.locale', language);
        }, locale);
        await page.goto(`${url}/`);
        if (shot.login) {
          await page.locator('input[name="login"]').fill(shot.login);
          await page.locator('input[name="password"]').fill(PASSWORD);
          await page.locator('button[type="submit"]').click();
          await page.locator('[data-link="online"]').waitFor();
          if (shot.address) await page.goto(url + shot.address);
          await page
            .locator(shot.ready ?? (shot.empty ? '.empty' : '.events article, .events .empty'))
            .first()
            .waitFor();
        }
        try {
          await shot.prepare?.(page, { narrow, locale });
        } catch (error) {
          problems.push(`${name}: ${error instanceof Error ? error.message.split('\n')[0] : error}`);
        }
        await page.evaluate(() => document.fonts.ready);
        // Rows fade and slide for a moment; a picture shows them at rest.
        await page.waitForTimeout(400);
        await page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled' });
        problems.push(...errors.map((error) => `${name}: ${error}`));
        await page.context().close();
      }
    }
  }
  return problems;
}

/** Arguments name the pictures to take; without any, all. */
async function main(wanted: string[]): Promise<number> {
  const shots = [...SHOTS, ...SCREEN_SHOTS].filter(
    ({ name }) => wanted.length === 0 || wanted.includes(name),
  );
  if (wanted.length === 0) await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const app = await startApp({ env: { ADMIN_PASSWORD: PASSWORD } });
  const chromium = await launchChromium();
  const problems: string[] = [];
  try {
    for (const shot of shots.filter(({ empty }) => empty))
      problems.push(...(await take(chromium, app.url, shot)));
    if (shots.some(({ empty, login }) => !empty && login)) await seed(app.url, app.admin);
    for (const shot of shots.filter(({ empty }) => !empty)) {
      problems.push(...(await take(chromium, app.url, shot)));
      console.log(`took ${shot.name}`);
    }
  } finally {
    await chromium.close();
    await app.stop();
  }
  for (const problem of problems) console.error(problem);
  console.log(`Pictures are in screenshots/; ${problems.length} problems`);
  return problems.length === 0 ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
