import { attachmentsEn } from './attachments.en.ts';
import { crewsEn } from './crews.en.ts';
import { customersEn } from './customers.en.ts';
import { deskEn } from './desk.en.ts';
import { domainEn } from './domain.en.ts';
import { dossierEn } from './dossier.en.ts';
import { erasureEn } from './erasure.en.ts';
import { errorsEn } from './errors.en.ts';
import { filesEn } from './files.en.ts';
import { filterEn } from './filter.en.ts';
import { formsEn } from './forms.en.ts';
import { importsEn } from './imports.en.ts';
import { mailEn } from './mail.en.ts';
import { ordersEn } from './orders.en.ts';
import { partiesEn } from './parties.en.ts';
import type { Catalogue } from './ru.ts';
import { rulesEn } from './rules.en.ts';
import { saidEn } from './said.en.ts';
import { screensEn } from './screens.en.ts';
import { shellEn } from './shell.en.ts';
import { shiftEn } from './shift.en.ts';
import { sourcesEn } from './sources.en.ts';
import { talkEn } from './talk.en.ts';
import { toldEn } from './told.en.ts';
import { viewsEn } from './views.en.ts';

/** English must have every key that Russian has. */
export const en: Catalogue = {
  ...domainEn,
  ...mailEn,
  ...ordersEn,
  ...partiesEn,
  ...crewsEn,
  ...customersEn,
  ...errorsEn,
  ...shellEn,
  ...deskEn,
  ...viewsEn,
  ...filterEn,
  ...attachmentsEn,
  ...dossierEn,
  ...erasureEn,
  ...filesEn,
  ...formsEn,
  ...screensEn,
  ...importsEn,
  ...sourcesEn,
  ...rulesEn,
  ...talkEn,
  ...toldEn,
  ...shiftEn,
  ...saidEn,
};
