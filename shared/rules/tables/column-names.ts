// How offices and programs call the columns of their tables: the one place that knows it, for an import and for a table
// that comes again and again alike.
import type { ImportTarget } from '../../contracts/import.ts';
import type { TableTarget } from '../../contracts/tables.ts';

/** What the cells of a column must look like to be meant; null: anything. `words`: a few that come again. */
export type Holds = 'date' | 'time' | 'number' | 'phone' | 'text' | 'words' | null;

/**
 * What a column means, what it holds, and how it is called: whole words of its name, without marks and in small letters.
 * In order, the more telling first; a name that is nothing else beats one that has more words. `not`: words of a name that
 * say another thing.
 */
export type Sign<M extends string = string> = readonly [
  meaning: M,
  holds: Holds,
  names: string,
  not?: RegExp,
];

/** What only a few may read, as ПрофСтрой calls it and as people do: nothing keeps it by itself. */
const CONFIDENTIAL = 'kprim|(?:закрытая|служебная) заметка|confidential(?: note)?';
/** What the file of the rows that did not go in has beside the columns of its table. */
export const REASON_COLUMNS = ['почему не вошла', 'why it did not go in'];
const REASON = REASON_COLUMNS.join('|');

const PHONE = 'телефон\\p{L}*|тел|сотовый|мобильный|ktel|kphon|phone|mobile|cell|tel|phone number';
const INN = 'инн|инн кпп|kinn|cinn|inn|tax id';
const MANAGER =
  'менеджер\\p{L}*|ответственный|ведет|mname|manager|owner|assigned|responsible|sales rep|salesperson';
const NOTE =
  'примечани[ея]|комментари[йи]|заметк[аи]|описание|pprim|knote|notes?|comments?|remarks?|description';
/** What has a number of its own that is none of the record. */
const OF_A_PLACE =
  'дом(?:а|ов)?(?!\\p{L})|квартир|корпус|подъезд|этаж|сч[её]т|карт[аы]|паспорт|машин|house|flat|room|floor';
const OF_ORDERS_TOO = new RegExp(
  `дата|сумма|телефон|адрес|индекс|date|amount|phone|address|${OF_A_PLACE}`,
  'u',
);
const OF_ANOTHER = new RegExp(`телефон|индекс|почтов|phone|postal|${OF_A_PLACE}`, 'u');
const OF_MANAGER = /комментар|заметк|примечан|телефон|почт|отдел|должност|comment|note|phone|mail|department/;
/** A word for somebody beside one for what they have. */
const OF_SOMEBODY =
  /телефон|почт|отдел|должност|табел|phone|mail|department|(?<!\p{L})(?:id|код|тип|адрес|address)(?!\p{L})/u;
/** A record of whichever sort: «номер заявки», «issue key». */
const RECORD_RU =
  'запис[ьи]|события|строки|обращения|заявки|задачи|звонка|документа|операции|платежа|п п|порядковый|внешний|уникальный';
const RECORD_EN =
  'record|event|row|entry|issue|ticket|task|call|message|activity|external|unique|document|payment|transaction';
const RECORD_NUMBER = [
  '(?:id|код|номер|№|#)',
  `(?:id|код|номер|№|#) (?:${RECORD_RU})`,
  `(?:${RECORD_RU}) (?:id|код|номер|№|#)`,
  `(?:${RECORD_EN}) (?:id|no|number|key|code|#)`,
  '(?:no|number|key)',
].join('|');
const OF_STAFF = /менедж|сотрудник|замерщик|монтажник|manager|staff/;

export const EVENT_COLUMNS: readonly Sign<ImportTarget>[] = [
  ['ignore', null, `${REASON}|${CONFIDENTIAL}`],
  ['dueAt', 'date', 'deadline|due|срок|дедлайн|planned|план|плановая'],
  [
    'occurredAt',
    'date',
    'timestamp|date|time|when|occurred|created|дата|время|когда|создан[оа]?|start|startdate',
    /рожден|birth|выполнен|оконч|с момента|since/,
  ],
  [
    'occurredTime',
    'time',
    'время|time',
    /выполнен|оконч|заверш|ожидан|в пути|с момента|end|spent|wait|duration|since/,
  ],
  ['inn', 'number', INN],
  [
    'payload.amountKop',
    'number',
    'сумма|amount|price|стоимость|оплачено|итого',
    /скид|налог|ндс|tax|discount/,
  ],
  ['payload.method', 'words', 'способ|способ оплаты|method'],
  ['payload.durationMs', null, 'длительность|duration|billsec'],
  ['phone', 'phone', `${PHONE}|номер телефона|caller`, OF_STAFF],
  ['importance', 'words', 'importance|priority|важность|приоритет'],
  ['status', 'words', 'status|state|статус|состояние'],
  [
    'counterparty',
    null,
    'counterparty|customer|client|company|контрагент|клиент|заказчик|компания|покупатель|плательщик',
    OF_SOMEBODY,
  ],
  [
    'project',
    null,
    'project|order|case|заказ|номер заказа|проект|договор|объект|сделка',
    /с момента|дата|время|since/,
  ],
  ['author', null, `автор|кто|сотрудник|author|resource|who|user|${MANAGER}`, OF_SOMEBODY],
  ['type', 'words', 'type|kind|тип|вид'],
  ['body', null, `body|details|подробности|${NOTE}`],
  [
    'title',
    null,
    'title|subject|summary|event|activity|name|what|событие|название|наименование|назначение|назначение платежа|тема|что',
  ],
  ['externalId', null, RECORD_NUMBER, /./],
];

export const COUNTERPARTY_COLUMNS: readonly Sign<ImportTarget>[] = [
  ['ignore', null, `${REASON}|${CONFIDENTIAL}`],
  ['inn', null, INN],
  ['kpp', null, 'кпп|kkpp|kpp'],
  ['ogrn', null, 'огрн|огрнип|ogrn'],
  ['contactPhone', null, 'телефон контакт\\p{L}*|contact phone'],
  ['contactEmail', null, '(?:почта|e mail|email) контакт\\p{L}*|contact e ?mail'],
  ['contactRole', null, 'должность|position|job title'],
  ['contact', null, 'контакт|контактное лицо|kcont|contact|contact person|представитель'],
  ['phone', null, `(?:рабочий |мобильный |домашний )?(?:${PHONE})`],
  ['email', null, 'e mail|email|kmail|почта|эл почта|электронная почта'],
  ['manager', null, MANAGER, OF_MANAGER],
  ['category', 'words', 'категория|тип контакта|category'],
  ['kind', 'words', 'вид|тип|юр физ лицо|юридическое или физическое лицо|вид контрагента|kind|type'],
  [
    'name',
    null,
    'kname|cname|наименование|название|название компании|контрагент|клиент|заказчик|покупатель|поставщик|фио|ф и о|имя|name|company|customer|full name',
  ],
  ['note', null, NOTE],
  ['externalId', null, 'knumb|cnumb|id|код|номер|number|key|code|№|#', OF_ANOTHER],
];

/** What a column of orders means, by whichever way it comes in. */
type OrderMeaning = TableTarget | 'number' | 'inn' | 'template' | 'promisedOn' | 'measureOn' | 'ignore';

export const ORDER_COLUMNS: readonly Sign<OrderMeaning>[] = [
  ['ignore', null, REASON],
  ['confidentialNote', null, CONFIDENTIAL],
  ['reserved', null, 'prese|зарезервировано|резерв|дата резерва|reserved'],
  ['launched', null, 'pwork|в производстве|запущено|запуск|launched'],
  ['launchedOn', 'date', 'wdate|дата запуска|запуск в производство|launch date'],
  [
    'measureOn',
    'date',
    'замер\\p{L}*|дата замера|measure|measured|measurement|survey|measure date|survey date',
  ],
  [
    'promisedOn',
    'date',
    'обещан\\p{L}*|обещали|срок монтажа|срок|promised|due|deadline',
    /изготовлен|производ|оплат|production|payment/,
  ],
  [
    'installOn',
    'date',
    'монтаж\\p{L}*|день монтажа|дата монтажа|установк\\p{L}*|дата установки|install|installation|install date|fitting|fitting date',
  ],
  [
    'plannedOn',
    'date',
    'ework|план\\p{L}*|плановая дата|срок изготовления|дата готовности|готовность|planned|ready|ready date|production due',
  ],
  [
    'registeredOn',
    'date',
    'pdate|дата|дата заказа|дата договора|дата регистрации|дата создания|создан[оа]?|date|order date|created|created at|date created|contract date',
    /рожден|доставк|отгруз|оплат|закрыт|заверш|измен|birth|deliver|ship|paid|closed|updated/,
  ],
  ['inn', null, INN],
  ['phone', 'phone', PHONE, OF_STAFF],
  [
    'paid',
    'number',
    'msumm|оплачен[оа]?|оплата|оплаты|предоплат[аы]|аванс|внесен[оа]?|сумма (?:пред)?оплаты?|сумма аванса|paid|prepaid|prepayment|deposit|advance|amount paid',
    /%|процент|дата|остат|долг|доплат|не оплач|percent|date|balance|unpaid/,
  ],
  [
    'amount',
    'number',
    'pprcd|сумма|сумма (?:договора|заказа|документа)|стоимость|цена|цена договора|итого|всего|amount|total|order total|price|contract (?:sum|amount)|value',
    /оплат|оплач|аванс|остат|долг|скид|налог|ндс|монтаж|доставк|закуп|себестоим|\bкв\b|м2|paid|deposit|balance|discount|tax|vat|install|deliver|cost/,
  ],
  [
    'status',
    'words',
    'pstat|статус|состояние|стадия|стадия сделки|этап|status|state|stage',
    /оплат|отгруз|payment|звон|доставк/,
  ],
  [
    'template',
    'words',
    'вид|вид заказа|тип|тип заказа|template|kind|type|order type',
    /оплат|издел|профил|конструк|клиент|цен|payment|product|profile|customer/,
  ],
  ['manager', null, MANAGER, OF_MANAGER],
  ['address', null, 'pobja|адрес\\p{L}*|объект|address|site', /mail|почт/],
  [
    'counterparty',
    null,
    'kname|контрагент|клиент|заказчик|покупатель|компания|контакт|фио|ф и о|имя|customer|client|company|buyer|customer name|client name|full name|name',
    /mail|почт|телефон|phone|код|\bid\b/,
  ],
  [
    'number',
    null,
    'znumb|номер заказа|№ заказа|n заказа|заказ|заказ покупателя|номер договора|№ договора|договор|номер сделки|order|order (?:no|number|id|#)|contract(?: no| number)?|job|job (?:no|number)',
    OF_ORDERS_TOO,
  ],
  ['number', null, 'номер|№|id|код|number|no|#', OF_ORDERS_TOO],
  ['note', null, NOTE],
];
