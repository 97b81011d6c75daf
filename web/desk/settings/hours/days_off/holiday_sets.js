/** The packaged sets of public holidays (docs/settings.md): countries, and the regions or cities that add days of their own. */
import { language } from "../../../language/words.js";

/** @type {Record<string, string>} */
const REGIONS = {
  "IT-AG": "Agrigento", "IT-AL": "Alessandria", "IT-AN": "Ancona", "IT-AO": "Aosta", "IT-AP": "Ascoli Piceno", "IT-AQ": "L'Aquila",
  "IT-AR": "Arezzo", "IT-AT": "Asti", "IT-AV": "Avellino", "IT-BA": "Bari", "IT-BG": "Bergamo", "IT-BI": "Biella", "IT-BL": "Belluno",
  "IT-BN": "Benevento", "IT-BO": "Bologna", "IT-BR": "Brindisi", "IT-BS": "Brescia", "IT-BZ": "Bolzano/Bozen, Alto Adige/Südtirol",
  "IT-CA": "Cagliari", "IT-CB": "Campobasso", "IT-CE": "Caserta", "IT-CH": "Chieti", "IT-CL": "Caltanissetta", "IT-CN": "Cuneo",
  "IT-CO": "Como", "IT-CR": "Cremona", "IT-CS": "Cosenza", "IT-CT": "Catania", "IT-CZ": "Catanzaro", "IT-EN": "Enna", "IT-FC": "Forlì",
  "IT-FE": "Ferrara", "IT-FG": "Foggia", "IT-FI": "Firenze", "IT-FM": "Fermo", "IT-FR": "Frosinone", "IT-GE": "Genova",
  "IT-GO": "Gorizia", "IT-GR": "Grosseto", "IT-IM": "Imperia", "IT-IS": "Isernia", "IT-KR": "Crotone", "IT-LC": "Lecco",
  "IT-LE": "Lecce", "IT-LI": "Livorno", "IT-LO": "Lodi", "IT-LT": "Latina", "IT-LU": "Lucca", "IT-MB": "Monza", "IT-MC": "Macerata",
  "IT-ME": "Messina", "IT-MI": "Milano", "IT-MN": "Mantova", "IT-MO": "Modena", "IT-MS": "Massa", "IT-MT": "Matera", "IT-NA": "Napoli",
  "IT-NO": "Novara", "IT-NU": "Nuoro", "IT-OR": "Oristano", "IT-PA": "Palermo", "IT-PC": "Piacenza", "IT-PD": "Padova",
  "IT-PE": "Pescara", "IT-PG": "Perugia", "IT-PI": "Pisa", "IT-PN": "Pordenone", "IT-PO": "Prato", "IT-PR": "Parma", "IT-PT": "Pistoia",
  "IT-PU": "Pesaro", "IT-PV": "Pavia", "IT-PZ": "Potenza", "IT-RA": "Ravenna", "IT-RC": "Reggio Calabria", "IT-RE": "Reggio Emilia",
  "IT-RI": "Rieti", "IT-RM": "Roma", "IT-RN": "Rimini", "IT-RO": "Rovigo", "IT-SA": "Salerno", "IT-SI": "Siena", "IT-SO": "Sondrio",
  "IT-SP": "La Spezia", "IT-SR": "Siracusa", "IT-SS": "Sassari", "IT-SU": "Carbonia", "IT-SV": "Savona", "IT-TA": "Taranto",
  "IT-TE": "Teramo", "IT-TN": "Trento", "IT-TO": "Torino", "IT-TP": "Trapani", "IT-TR": "Terni", "IT-TS": "Trieste", "IT-TV": "Treviso",
  "IT-UD": "Udine", "IT-VA": "Varese", "IT-VB": "Verbania", "IT-VC": "Vercelli", "IT-VE": "Venezia", "IT-VI": "Vicenza",
  "IT-VR": "Verona", "IT-VT": "Viterbo", "IT-VV": "Vibo Valentia",
  "CH-AG": "Aargau", "CH-AI": "Appenzell Innerrhoden", "CH-AR": "Appenzell Ausserrhoden", "CH-BE": "Bern", "CH-BL": "Basel-Landschaft",
  "CH-BS": "Basel-Stadt", "CH-FR": "Fribourg", "CH-GE": "Genève", "CH-GL": "Glarus", "CH-GR": "Graubünden", "CH-JU": "Jura",
  "CH-LU": "Luzern", "CH-NE": "Neuchâtel", "CH-NW": "Nidwalden", "CH-OW": "Obwalden", "CH-SG": "St. Gallen", "CH-SH": "Schaffhausen",
  "CH-SO": "Solothurn", "CH-SZ": "Schwyz", "CH-TG": "Thurgau", "CH-TI": "Ticino", "CH-UR": "Uri", "CH-VD": "Vaud", "CH-VS": "Valais",
  "CH-ZG": "Zug", "CH-ZH": "Zürich",
  "DE-BB": "Brandenburg", "DE-BE": "Berlin", "DE-BW": "Baden-Württemberg", "DE-BY": "Bayern", "DE-BYA": "Augsburg",
  "DE-BYK": "Bayern, Catholic communities", "DE-HB": "Bremen", "DE-HE": "Hessen", "DE-HH": "Hamburg", "DE-MV": "Mecklenburg-Vorpommern",
  "DE-NI": "Niedersachsen", "DE-NW": "Nordrhein-Westfalen", "DE-RP": "Rheinland-Pfalz", "DE-SH": "Schleswig-Holstein",
  "DE-SL": "Saarland", "DE-SN": "Sachsen", "DE-SNK": "Sachsen, Catholic communities", "DE-ST": "Sachsen-Anhalt", "DE-TH": "Thüringen",
  "DE-THK": "Thüringen, Catholic communities",
  "GB-ENG": "England", "GB-NIR": "Northern Ireland", "GB-SCT": "Scotland", "GB-WLS": "Wales",
  "FR-57": "Moselle", "FR-6AE": "Alsace", "FR-971": "Guadeloupe", "FR-972": "Martinique", "FR-973": "Guyane", "FR-974": "La Réunion",
  "FR-976": "Mayotte", "FR-BL": "Saint-Barthélemy", "FR-MF": "Saint-Martin", "FR-NC": "Nouvelle-Calédonie",
  "FR-PF": "Polynésie française", "FR-WF": "Wallis-et-Futuna",
  "PT-01": "Aveiro", "PT-02": "Beja", "PT-03": "Braga", "PT-04": "Bragança", "PT-05": "Castelo Branco", "PT-06": "Coimbra",
  "PT-07": "Évora", "PT-08": "Faro", "PT-09": "Guarda", "PT-10": "Leiria", "PT-11": "Lisboa", "PT-12": "Portalegre", "PT-13": "Porto",
  "PT-14": "Santarém", "PT-15": "Setúbal", "PT-16": "Viana do Castelo", "PT-17": "Vila Real", "PT-18": "Viseu", "PT-20": "Açores",
  "PT-30": "Madeira",
};

const COUNTRIES = ["AT", "BE", "CH", "DE", "ES", "FR", "GB", "IE", "IT", "NL", "PL", "PT", "US"];

/** Every set, countries first. */
const SETS = [...COUNTRIES, ...Object.keys(REGIONS)];

/** @param {string} set `IT`, `IT-RM` */
export function setName(set) {
  const country = set.slice(0, 2);
  const name = /^[A-Z]{2}$/.test(country) ? new Intl.DisplayNames([language.value], { type: "region" }).of(country) ?? country : set;
  const region = REGIONS[set];
  return region ? `${name}, ${region}` : set.length > 2 ? set : name;
}

/** The sets by country, in the order of their names. @returns {{country: string, sets: string[]}[]} */
export function setsByCountry() {
  return COUNTRIES.map((country) => ({ country, sets: SETS.filter((set) => set.startsWith(country)) }))
    .sort((one, other) => setName(one.country).localeCompare(setName(other.country), language.value));
}
