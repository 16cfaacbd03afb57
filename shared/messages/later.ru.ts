import { attachmentsRu } from './attachments.ru.ts';
import { crewsRu } from './crews.ru.ts';
import { customersRu } from './customers.ru.ts';
import { dossierRu } from './dossier.ru.ts';
import { erasureRu } from './erasure.ru.ts';
import { errorsRu } from './errors.ru.ts';
import { filesRu } from './files.ru.ts';
import { formsRu } from './forms.ru.ts';
import { importsRu } from './imports.ru.ts';
import { mailRu } from './mail.ru.ts';
import { ordersRu } from './orders.ru.ts';
import { partiesRu } from './parties.ru.ts';
import { rulesRu } from './rules.ru.ts';
import { saidRu } from './said.ru.ts';
import { screensRu } from './screens.ru.ts';
import { shiftRu } from './shift.ru.ts';
import { sourcesRu } from './sources.ru.ts';
import { talkRu } from './talk.ru.ts';
import { toldRu } from './told.ru.ts';

/** What only letters and the screens beside the desk say. A page fetches these with the first such screen or form. */
export const laterRu = {
  ...attachmentsRu,
  ...mailRu,
  ...ordersRu,
  ...partiesRu,
  ...crewsRu,
  ...customersRu,
  ...dossierRu,
  ...erasureRu,
  ...errorsRu,
  ...filesRu,
  ...formsRu,
  ...screensRu,
  ...importsRu,
  ...sourcesRu,
  ...rulesRu,
  ...talkRu,
  ...toldRu,
  ...shiftRu,
  ...saidRu,
};
