/**
 * The passwords of eight characters and more that guessing tries first, and the words around which people build
 * others by a digit or a mark at the end. Lower case.
 */
const COMMON = new Set(
  `password passw0rd passwort password1 password12 password123 p@ssw0rd p@ssword pa55word pa$$word
  12345678 123456789 1234567890 12345678910 0123456789 87654321 987654321 9876543210 11111111 111111111
  22222222 33333333 44444444 55555555 66666666 77777777 88888888 99999999 00000000 000000000 12341234
  11223344 12121212 13131313 123123123 112233445566 123321123 147258369 741852963 159753456 789456123
  1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y q1w2e3r4 q1w2e3r4t5 1qaz2wsx 1qazxsw2 zaq12wsx qazwsxedc qwerty12
  qwerty123 qwerty1234 qwertyui qwertyuiop qwertyuiop123 qwerty78 qwer1234 asdfghjk asdfghjkl asdf1234
  asdfasdf zxcvbnm1 zxcvbnm123 zxcvbnmm zxcvbnma abcd1234 abcdefgh abcdefg1 abc12345 abc123456 a1b2c3d4
  a1234567 a12345678 a123456789 aa123456 aa12345678 q1234567 iloveyou iloveyou1 ilovegod loveyou1 lovelove
  sunshine princess football football1 baseball basketball superman batman123 starwars spiderman pokemon1
  computer internet whatever trustno1 changeme changeme1 letmein1 letmein123 welcome1 welcome123 welcome12
  administrator admin123 admin1234 admin12345 adminadmin root1234 rootroot toor1234 master123 master12
  michelle jennifer jessica1 michael1 jordan23 charlie1 daniel12 samantha benjamin victoria alexander
  elizabeth nicholas danielle stephanie dolphins mercedes ferrari1 mustang1 chevrolet liverpool arsenal1
  chelsea1 barcelona realmadrid juventus manchester dragon12 monkey12 shadow12 killer12 ginger12 pepper12
  chocolate butterfly rainbow1 sunflower cheesecake christmas snowball diamond1 platinum blink182 metallica
  nirvana1 slipknot rocknroll guitar12 password! password1! passw0rd! qwerty!1 hello123 hellohello goodluck
  secret123 secret12 testtest test1234 testing1 testing123 guest123 user1234 useruser login123 demo1234
  default1 access14 zxasqw12 qweasdzxc qweasd123 1234qwer qwe123qwe 123qweasd 123qwe123 123456qwe 123456aa
  1234567q 12345qwe 12345678a 12345678q 123456789a 123456789q 1234abcd 1a2b3c4d 0987654321 09876543
  135792468 246813579 147147147 159159159 159357159 321321321 456456456 789789789 101010101 20202020
  19701970 19801980 19851985 19901990 19911991 19921992 19951995 20002000 20202021 20242024 20252025
  йцукенгш йцукенгшщз йцукен12 йцукен123 фывапролд фывафыва ячсмитьб пароль12 пароль123 парольпароль
  админ123 администратор привет12 привет123 приветпривет любовь12 любовь123 наташа12 марина12 максим12
  александр анастасия екатерина владимир константин маргарита светлана татьяна1 людмила1 дмитрий1 сергей12
  спартак1 зенит123 динамо12 россия12 москва12 солнышко зайчик12 котёнок1 котенок1 кристина виктория
  svodka123 svodka12 сводка123 сводка12 windows1 windows10 окнаокна gfhjkm12 gfhjkm123 ghbdtn12 ghbdtn123
  ghbdtnghbdtn yfnfif12 vfhbyf12 vfrcbv12 fktrcfylh cthutq12 ktyjxrf1 ljdthbt1 hjccbz12 rhfcfdbwf
  samsung1 samsung123 nokia123 google123 yandex12 yandex123 facebook vkontakte instagram whatsapp telegram
  minecraft fortnite1 playstation nintendo zaqwsxcde qazwsx12 qazwsx123 wsxedcrf poiuytre poiuytrewq
  lkjhgfds lkjhgfdsa mnbvcxz1 mnbvcxzlk trewqtrewq aaaaaaaa aaaaaaaaa zzzzzzzz xxxxxxxx qqqqqqqq asasasas
  passpass pass1234 pass12345 mypassword newpassword yourpassword thepassword nopassword letmeinnow openup12
  businessman manager1 manager123 director1 director123 dispatcher disp1234 buhgalter buh12345 sklad123`
    .split(/\s+/)
    .filter(Boolean),
);

const ROWS = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890',
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  'абвгдеёжзийклмнопрстуфхцчшщъыьэюя',
  'йцукенгшщзхъ',
  'фывапролджэ',
  'ячсмитьбю',
];

const reversed = (text: string) => [...text].reverse().join('');

/** One character, or a short piece, over and over: `abababab`. */
function isRepetition(text: string): boolean {
  return /^(.{1,3})\1+.{0,2}$/u.test(text);
}

/** A run along the alphabet, the digits or a row of the keyboard, either way. */
function isRun(text: string): boolean {
  return ROWS.some((row) => row.includes(text) || reversed(row).includes(text));
}

/** Whether guessing would soon try this password for this login. */
export function isCommonPassword(password: string, login: string): boolean {
  const folded = password.toLowerCase();
  const stem = folded.replace(/(?<![\d!?.@#$*_-])[\d!?.@#$*_-]+$/u, '');
  const name = login.toLowerCase();
  return (
    COMMON.has(folded) ||
    (stem.length >= 8 && COMMON.has(stem)) ||
    isRepetition(folded) ||
    isRun(folded) ||
    folded === name ||
    stem === name ||
    /^(?:password|passwort|пароль|qwerty|йцукен|admin|админ|svodka|сводка|welcome|letmein)$/u.test(stem)
  );
}
