import * as z from 'zod/mini'
import { text } from '#shared/requests/text.ts'

const codes = (list: string): string[] => list.split(/\s+/)

/** Officially assigned codes of ISO 3166-1, as of 1 January 2026. */
const countryCodes = codes(
  `AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC
   CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD
   GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH
   KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW
   MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC
   SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY
   UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW`,
)

/** Where mail needs a postal code: Google's address data (Chromium's i18n address service), as of September 2024. */
const needPostalCode = new Set(
  codes(
    `AS AT AU AX BE BL BR CA CH CN CZ DE DK EE ES FI FK FM FR GB GF GG GL GP GR GS GU HU IM IN IO IT JE JP KR LI LT LU
     LV MF MH MP MQ MX MY NC NL NO NZ PF PL PM PN PR PT PW RE RO RU SE SG SH SJ SK SM TC TR TW UA US VI WF YT ZA`,
  ),
)

/** Where an address is complete without a city; same source. */
const needNoCity = new Set(codes('AE AG CO GI HK ID JP KY MO NR SG SM VG'))

export const Country = z
  .enum(countryCodes, { error: 'is not a country code of ISO 3166-1' })
  .check(z.meta({ title: 'country code of ISO 3166-1' }))

const field = text(200)

/** Where to ship to, as a request gives it. */
export const NewAddress = z
  .strictObject({
    name: field,
    company: z.exactOptional(field),
    line1: field,
    line2: z.exactOptional(field),
    postal_code: z.exactOptional(text(32)),
    city: z.exactOptional(field),
    region: z.exactOptional(field),
    country: Country,
    phone: z.exactOptional(
      text(40).check(z.refine((phone) => /(?:\d\D*){3}/.test(phone), { error: 'is not a number' })),
    ),
  })
  .check(
    z.refine(({ country, postal_code }) => postal_code !== undefined || !needPostalCode.has(country), {
      path: ['postal_code'],
      error: 'is needed in this country',
    }),
    z.refine(({ country, city }) => city !== undefined || needNoCity.has(country), {
      path: ['city'],
      error: 'is needed in this country',
    }),
    z.meta({
      description:
        'State, province or the like is `region`. Countries decide whether `postal_code` and `city` are needed.',
    }),
  )
export type NewAddress = z.infer<typeof NewAddress>
