"""What kind of thing a question asks for, where that can be told: an amount, a price, a time, a place, a company.

A sentence without any number doesn't say how many, and one that names no place doesn't say where, however close it is to
the question otherwise.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from corpus.matching import normalise_text
from corpus.model import Span
from qa.statements.quantities import Quantity
from qa.statements.quantity_reader import read_quantities

# Numbers that count nothing: the phase of a trial, ordinals, months of the calendar, 一 and 'one'.
_NO_AMOUNT = frozenset({"phase", "ordinal", "month"})


def _is_year(quantity: Quantity) -> bool:
    return quantity.unit == "year" and 1900 <= quantity.value < 2100


def _is_date(quantity: Quantity) -> bool:
    """Tell whether ``quantity`` is a month or a year; an English one, 'in 2025', carries no unit."""
    return quantity.unit == "month" or (quantity.unit in ("year", "count") and 1900 <= quantity.value < 2100)


def _is_amount(quantity: Quantity) -> bool:
    return not (quantity.weak or quantity.dimension in _NO_AMOUNT or _is_year(quantity))


def _is_time(quantity: Quantity) -> bool:
    return quantity.dimension == "time" and not _is_year(quantity)


def _never(quantity: Quantity) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Kind:
    """Words that ask for a kind of thing, and what gives it: words, or a number of which ``number`` holds."""

    asked: re.Pattern[str]
    words: re.Pattern[str]
    number: Callable[[Quantity], bool] = _never

    def is_in(self, text: str) -> bool:
        """Tell whether ``text`` has anything of this kind; where it hasn't, it can't answer."""
        return bool(self.words.search(text)) or any(map(self.number, _quantities(text)))


# The number of a table or figure counts nothing that anybody asks for.
_LABEL = re.compile(r"[图表]\s*\d+(?:[-–.]\d+)*|\b(?:fig(?:ure)?s?|tab(?:le)?s?)\.?\s*\d+(?:[-–.]\d+)*", re.I)


@lru_cache(maxsize=4096)  # of the corpus's sentences: reading one takes a fifth of a millisecond
def _quantities(text: str) -> Sequence[Quantity]:
    return read_quantities(_LABEL.sub(" ", text))


def _kind(asked: str, words: str, number: Callable[[Quantity], bool] = _never) -> Kind:
    return Kind(re.compile(asked, re.I), re.compile(words, re.I), number)


# The first kind that a question asks for counts: what costs money also asks how much.
_KINDS = (
    _kind(  # a price, and who pays it
        r"多少钱|几(?:千|万)?块|费用|价格|价钱|收费|花费|贵不贵|医保|健保|报销|给付|自费"
        r"|\b(?:costs?|price[ds]?|fees?|expensive|afford|insurance|reimburse\w*|medicare|medicaid)\b|\bhow\s+much\s+money\b"
        r"|\bset\s+\w+\s+back\b",
        r"元|费用|价|成本|医保|报销|[$€£¥]|\b(?:costs?|prices?|fees?|dollars?|insur\w+|reimburs\w+|expens\w+)\b",
    ),
    _kind(r"\bp[\s-]?values?\b|p\s*值|显著性水平", r"\bp\s*(?:值|[<>=≤]|value)|p\s*值"),
    _kind(  # a share or a chance
        r"百分之几|百分之多少|百分比|占比|多大比例|多少比例|男女比|比例(?:如何|怎么?样)|\bsex\s+ratio\b"
        r"|(?:比例|概率|几率|可能性|机会|发生率|患病率|有效率|死亡率)(?:是|有|为)?(?:多少|多大|多高|大不大|高不高)"
        r"|\b(?:what|which)\s+(?:percentage|proportion|share|fraction|percent)\b|\bper\s?cent(?:age)?\b"
        r"|\b(?:what|how\s+high)\b.*\b(?:probability|likelihood)\b|\bwhat\s+chance\b|\bwhat(?:'s|\s+is|\s+are)\s+the\s+(?:chances?|odds|risk|rate)\b",
        r"[%％‰]|成(?:的|以上|左右)|百分|倍|一半|半数|\b(?:half|third|quarter|percent|per cent|fold)\b",
        lambda quantity: quantity.dimension in ("share", "multiple"),
    ),
    _kind(  # a company
        r"哪家(?:公司|企业|药厂|厂)|(?:什么|哪个|哪些|哪几家)(?:公司|企业|厂家|药厂)|厂家|生产商|赞助商"
        r"|\b(?:which|what)\s+(?:compan\w+|manufacturer|firm|sponsor)\b|\bwho\s+(?:makes|manufactures|sponsor\w*|sells|funded)\b",
        r"公司|集团|药业|制药|企业|生物(?:科技|技术)|资助|\b(?:Inc|Ltd|Corp|Pharma\w*|Therapeutics|compan\w+|funded|sponsor\w*)\b",
    ),
    _kind(  # how many people
        r"(?:多少|几)(?:名|位|例|个)?(?:患者|病人|人(?!民)|受试者|志愿者|参与者|例)|多少.{0,12}(?:患者|病人)|样本量"
        r"|\bhow\s+many\s+(?:\S+\s+){0,3}(?:patients|people|persons|participants|subjects|volunteers|cases)\b|\bsample\s+size\b",
        r"样本量|[\d十百千万亿两]\s*[多余]?\s*(?:例|名|位|人|患者|病人)"
        r"|\d\s*(?:million|billion|thousand|hundred)?\s*(?:\S+\s+){0,2}(?:patients|people|persons|participants|subjects|cases)\b"
        r"|\b(?:dozens|hundreds|thousands|millions)\s+of\b",
    ),
    _kind(  # a person
        r"谁(?:最早|首先|最先|第一个)?(?:发现|提出|发明|命名|主持|领导|负责|写)|哪一?位|首席研究者|负责人|通[讯信]作者"
        r"|\bwho\s+(?:first\s+)?(?:discovered|invented|proposed|coined|led|leads|headed|wrote|runs?)\b|\bprincipal\s+investigator\b",
        r"等人|教授|博士|学者|团队|首次|命名|作者|\bet al\b|\b(?:Dr|Prof)\b|(?-i:\b[A-Z][a-z]+ [A-Z]{1,3}[,.])",
    ),
    _kind(  # a size
        r"直径|粒径|多少(?:纳米|微米)|\bdiameters?\b|\bhow\s+(?:big|large|small)\s+(?:is|are)\b",
        r"直径|粒径|大小|\d\s*(?:nm|纳米|微米|[μµ]m)|\b(?:diameter|size)\b",
    ),
    _kind(  # a gene
        r"(?:哪个|哪些|哪种|什么)(?:致病)?基因|\b(?:which|what)\s+genes?\b",
        r"基因|突变|\bgenes?\b|mutation",
    ),
    _kind(  # how a disease is told
        r"(?:怎么|怎样|如何|靠什么)(?:才能)?(?:确诊|诊断)|诊断标准|\bdiagnostic\s+criteria\b|\bhow\s+(?:is|are|do)\b.*\bdiagnos",
        r"诊断|确诊|检查|标志物|diagnos|biomarker",
    ),
    _kind(  # a name in trade, or in a register
        r"(?:商品|药品|产品|通用)名|(?:药物?|产品).{0,8}叫什么|注册号|登记号|编号"
        r"|\b(?:brand|trade|product)\s+names?\b|\b(?:registration|registry|trial|clinicaltrials\.gov|nct)\s+(?:number|id)\b",
        r"(?:商品|药品|产品|通用)名|名为|名叫|称为|®|™|NCT\d|注册号|登记号|\b(?:brand|trade\s+name|named|called)\b",
    ),
    _kind(  # who pays for research, and who owns it
        r"专利|利益冲突|基金资助|资助来源|\bpatent\w*|\bconflicts?\s+of\s+interest\b|\b(?:grants?|funding)\b",
        r"专利|利益冲突|基金|资助|\bpatent|\bconflict|\bgrant|\bfund",
    ),
    _kind(  # how to reach somebody
        r"邮箱|电邮|电话|联系方式|微信|\be-?mails?\b|\bphone\s+number\b|\bcontact\s+(?:details?|address)\b",
        r"@|邮箱|电话|微信|联系方式|e-?mail|phone",
    ),
    _kind(  # where it is printed
        r"第几[卷页]|第几期(?!临床|的?试验|的?研究)|哪一?[卷期页]|页码|卷号|期号|\b(?:which|what)\s+(?:volume|issue|pages?)\b|\bdoi\b",
        r"卷|第\s*\d+\s*[期页]|\d{4}\s*[;；]\s*\d|\bdoi\b|\b(?:vol(?:ume)?|issue|pages?)\b",
    ),
    _kind(  # whose cells they are
        r"捐献|捐赠|捐的|供[者体]|(?:自己|自身|本人|别人|他人|亲属)的?(?:干?细胞|骨髓|脂肪)"
        r"|\bdonors?\b|\b(?:own|someone\s+else\S*|another\s+person\S*)\s+(?:stem\s+)?cells\b",
        r"捐|供[者体]|自体|异体|自身|donor|autolog|allogen|\bown\b",
    ),
    _kind(  # how to change what one takes
        r"(?:药|剂量).{0,6}(?:怎么|怎样|如何|该).{0,3}(?:调|减|停|加|换)|(?:怎么|怎样|如何)(?:调整用药|减量|停药|换药)"
        r"|\b(?:adjust|taper|wean|titrat\w+|stop\s+taking|switch)\b.{0,30}\b(?:dose|drugs?|medicines?|medications?|pills?)\b",
        r"剂量|减量|加量|停药|换药|用药|taper|titrat|adjust|discontinu",
    ),
    _kind(  # how warm
        r"温度|几度|多少度|\btemperatures?\b|\bdegrees?\b(?!\s+of)|\bhow\s+(?:cold|warm|hot)\b",
        r"[℃°]|\d\s*度|温度|室温|液氮|低温|冷藏|冷冻|temperature|celsius|degrees|liquid nitrogen|frozen|refrigerat",
    ),
    _kind(  # how long patients live
        r"生存(?:期|时间)(?:一般|通常|平均|大概|大约)?(?:有|是|为)?多|(?:中位|平均)(?:总?生存|寿命)|活(?:多久|多长|几年|多少年)"
        r"|\b(?:median|average|mean)\s+(?:overall\s+)?(?:survival|life\s?span)\b|\blife\s+expectancy\b",
        r"(?!)",
        _is_time,
    ),
    _kind(  # how many times
        r"(?:几|多少)[次回]|\bhow\s+many\s+times\b",
        r"次|反复|重复|\b(?:once|twice|times|repeated|single)\b",
    ),
    _kind(r"半衰期|\bhalf[\s-]?li(?:fe|ves)\b", r"半衰期|清除|half[\s-]?li|clearance"),
    _kind(  # who may have it
        r"禁忌|(?:入组|入选|纳入|排除)(?:标准|条件)|(?:什么|哪些|哪[种类])样?的?(?:人|患者|病人|情况).{0,2}(?:不能|不可|不得|不宜|不应|不适|慎|禁)|谁不?(?:能|可以|宜)|(?:适合|可以|能不?能?|可否)(?:接受|做|打|用).{0,8}(?:移植|治疗|干细胞).{0,2}吗"
        r"|\b(?:in|ex)clusion\s+criteria\b|\bwho\s+(?:can\s*(?:no|['’])t|(?:should|must|may)\s+not|shouldn['’]t|(?:is|was|were)\s+(?:excluded|eligible))\b|\beligib\w*|\bcontraindicat\w*|\bcandidates?\s+for\b",
        r"禁忌|适合|适用|适应证|入选|入组(?!织)|纳入|排除|慎用|禁用|不得|不能|不可|不宜|不应|eligib|criteri|contraindic|candidate|suitab"
        r"|\b(?:must|should|may)\s+not\b|\bnot\s+be\b|\bexclu",
    ),
    _kind(  # what to eat
        r"饮食(?:上|方面|要|有|建议|注意)|忌口|食谱|(?:什么|哪些)食物|吃(?:什么|点什么|啥|哪些)"
        r"|\b(?:what|which|should|can)\b.{0,40}\b(?:diets?|eat|foods?|vitamins?|supplements?)\b",
        r"饮食|食物|膳食|维生素|\bdiet|\bfood|vitamin|supplement",
    ),
    _kind(  # exercise
        r"锻炼|健身|太极|瑜伽|体操|跑步|\bexerci[sz]\w*|\byoga\b|\btai\s+chi\b|\bphysio\w*|\bphysical\s+therapy\b",
        r"锻炼|健身|康复|训练|体育|exerci|rehabilit|physio",
    ),
    _kind(  # an image, a scan
        r"核磁|磁共振|\bct\b|造影|(?:影像|成像).{0,4}(?:追踪|检查|看到)|\bMRI\b|\bPET\b|\bscans?\b|\bimaging\b",
        r"核磁|磁共振|影像|成像|造影|示踪|追踪|\bMRI\b|\bPET\b|scan|imag",
    ),
    _kind(  # a stay in hospital, an operation
        r"麻醉|住院|开刀|出院|\ban(?:a)?esthe\w*|\bhospitali[sz]\w*|\bin\s+hospital\b",
        r"麻醉|住院|手术|门诊|an(?:a)?esthe|hospital|surg",
    ),
    _kind(  # how something is made or kept
        r"(?:怎么|怎样|如何|用什么|哪种).{0,8}(?:提取|分离|纯化|培养|扩增|冻存|保存)|(?:提取|分离|纯化|冻存)(?:方法|步骤)"
        r"|培养(?:基|液|条件)(?:是|用|有)|超速离心|胎牛血清|血小板裂解"
        r"|\b(?:how|which|what)\b.{0,30}\b(?:isolated?|purif\w+|cultur(?:ed|ing)|expand(?:ed|ing)|cryopreserv\w+|stored|frozen)\b"
        r"|\bultracentrifug\w*|\bsize[- ]exclusion\b|\bserum-free\b|\bculture\s+medium\b",
        r"提取|分离|纯化|培养|扩增|冻存|保存|离心|isolat|purif|cultur|expan|cryo|stor|centrifug",
    ),
    _kind(  # marks on a cell's surface
        r"表面(?:标志|标记|抗原)|\bsurface\s+(?:markers?|antigens?)\b|\bCD\d+",
        r"表面|(?<!生物)标志(?!物)|抗原|\bCD\d+|surface|antigen",
    ),
    _kind(  # harm
        r"副作用|不良反应|不良事件|\b(?:side[\s-]effects?|adverse)\b",
        r"副作用|不良|安全|耐受|风险|(?<!神经)毒性|毒副|排斥|感染|致瘤|肿瘤|并发症|side[\s-]effect|adverse|safe|toler|toxi|risk|reject|tumou?r",
    ),
    _kind(  # a place
        r"哪[个几些]*(?:国家|国|地区|城市|省|医院|机构|中心)|(?:在|去|到)哪(?:里|儿)?(?:可以|能|做|进行|报名|接受|治)"
        r"|哪(?:里|儿)(?:可以|能|报名|接受)|推荐.{0,6}(?:医院|医生|诊所|机构)|\brecommend\b.*\b(?:clinic|hospital|doctor)|\bwhere\s+(?:can|could|do|does|did|was|were|is|are)\b"
        r"|\b(?:which|what)\s+(?:countr|cit(?:y|ies)|hospital|cent(?:er|re)|clinic|institut|universit)",
        r"[\u4e00-\u9fff]{1,6}(?:国(?!际)|省|市(?!场)|州|医院|大学|学院|中心|实验室|研究所)|中国|美国|日本|韩国|欧洲|河南|北京|上海"
        r"|\b(?:China|Japan|Korea|Europe|America|USA?|UK|Israel|University|Hospital|Institute|College|Laborator(?:y|ies)"
        r"|Cent(?:er|re))\b",
    ),
    _kind(  # a dose
        r"剂量|毫克|毫升|每公斤|每千克|多少个?细胞|几个?亿|\b(?:doses?|dosage|dosing|milligrams?|mg)\b"
        r"|输注速度|滴速|\binfusion\s+rate\b|\bml\s+per\b|\bhow\s+many\s+(?:stem\s+)?cells\b|\bhow\s+much\s+(?:\S+\s+){1,3}(?:should|per|a\s+day|daily)\b",
        r"剂量|毫克|微克|毫升|公斤|千克|×\s*10|\b(?:doses?|dosage|mg|kg|µg|ml)\b",
    ),
    _kind(  # an age
        r"多少岁|几岁|多大(?:年纪|年龄|岁数)|什么年龄|年龄(?:是|为)?(?:多少|多大)|发病年龄"
        r"|\bhow\s+old\b|\b(?:what|which)\s+age\b|\bage\s+(?:of\s+onset|limit|criteria|range)\b",
        r"岁|年龄|老年(?!痴呆|斑)|中年|青年|儿童|\b(?:aged?|years? old|onset)\b",
    ),
    _kind(  # how long, how often
        r"多久|多长(?:时间)?|(?<![没好这前近])几个?(?:天|日|周|月|年|小时|分钟|星期)(?!热|来)|多少(?:天|日|周|个月|年|小时|分钟)|间隔"
        r"|\bhow\s+(?:long|often|soon|frequently)\b|\bhow\s+many\s+(?:hours|days|weeks|months|years)\b"
        r"|\binterval\b",
        r"长期|终身|短期|每(?:天|日|周|月|年)|反复|\b(?:daily|weekly|monthly|yearly|long[\s-]term|short[\s-]term)\b",
        _is_time,
    ),
    _kind(  # a date
        r"何时|什么时候(?!该|要|需要|可以|能)|哪一?年|哪个月|几月|几号|哪天"
        r"|\b(?:which|what)\s+(?:year|month|date|day)\b|\bwhen\s+(?:was|were|did|will)\b|\bwhen\s+(?:is|are)\b.*\b(?:published|due|expected|scheduled|planned)\b",
        r"年代|世纪",
        _is_date,
    ),
    _kind(  # any other number
        r"多少|(?<![哪这那没好前近])几(?!个?方面|乎|点|率|种|类|年)|多大(?!程度)|多高|多快|临界值|截断值|次数|正常值|参考值"
        r"|\b[pn]g\s*/\s*ml\b|\bnormal\s+range\b|\bhow\s+(?:many|much(?!\s+of)|far|fast|high|big|large)\b|\bwhat\s+number\b|\bcut-?offs?\b|\bthresholds?\b",
        r"(?!)",
        _is_amount,
    ),
)


def asked_kind(question: str, told: Sequence[Span] = ()) -> Kind | None:
    """Return the kind of thing that ``question`` asks for, if it is one of these; what is ``told`` asks for nothing."""
    for span in reversed(told):
        question = question[: span.start] + question[span.end :]
    asked = normalise_text(question)
    return next((kind for kind in _KINDS if kind.asked.search(asked)), None)


_ASKS_WHAT_IT_IS = re.compile(
    r"(?:是|指的?是|指)(?:什么|啥|何物)(?:意思|东西)?\W*(?:$|[？?，,。；;])|(?<!为)(?:什么|啥)(?:是|叫|叫做)|何谓|何为|定义|全称|缩写"
    r"|^\W*what(?:'s|\s+(?:is|are))\s+(?:an?\s+|the\s+)?[\w+/'-]+(?:\s+[\w+/'-]+)?\s*\W*$"
    r"|\bdefin(?:e|ition)|\bmeaning\s+of\b|\bstands?\s+for\b|\bwhat\s+does\s+\S+\s+mean\b",
    re.I,
)
# What stands before 是什么 where something of the thing is asked for (X 的特点是什么), or what was named before.
_OF_IT = re.compile(r"(?:的[^的，。？,?；;]{1,6}|[，,]\s*)(?:分别|各)?$")
_IS = re.compile(r"\s*(?:[（(][^）)]*[）)])?\s*(?:是(?!否|不)|即|指|就是|属于|（|\(|\s(?:is|are)\s+(?:an?|the)\b)")
_SO_CALLED = re.compile(r"(?:所谓|称为|叫做|简称|\bcalled)\s*[“\"]?$")


def asks_what_it_is(question: str) -> bool:
    """Tell whether ``question`` asks what a thing is, or what its name means."""
    return any(
        found[0][0] not in "是指" or not _OF_IT.search(question[: found.start()])
        for found in _ASKS_WHAT_IT_IS.finditer(question)
    )


def defines(sentence: str, named: Sequence[Span]) -> bool:
    """Tell whether ``sentence`` says what one of the things is that it names at ``named``."""
    return any(
        _IS.match(sentence, span.end) is not None or _SO_CALLED.search(sentence[max(0, span.start - 8) : span.start])
        for span in named
    )


_ASKS = re.compile(
    r"(?:第一|通[讯信])作者|作者.{0,3}(?:谁|名|叫|单位|有哪|列)|谁.{0,3}作者|(?:什么|哪)[^，。？]{0,3}(?:期刊|杂志)|刊(?:登|在|于)"
    r"|第几[卷页]|第几期(?!临床|的?试验|的?研究)|页码|题目|标题|参考(?:文献|资料)|出处|原文|引用|\bdoi\b"
    r"|免责|声明|侵权|版权|转载"
    r"|\bauthors?\s+(?:names?|list|of)\b|\b(?:first|corresponding|which|who\s+(?:are|were)\s+the)\s+authors\b"
    r"|\b(?:first|corresponding)\s+author\b|\b(?:which|what)\s+journal\b|\bvolume\b|\bpage\s+numbers?\b|\btitle\s+of\b"
    r"|\bcit(?:ed|es?|ations?)\b|\breferences?\b(?!\s+(?:range|value|interval|level))|\bbibliograph\w*"
    r"|\bdisclaimers?\b|\bcopyrights?\b|\bpermissions?\b|\breprint\w*",
    re.I,
)


def asks_for_source(question: str) -> bool:
    """Tell whether ``question`` asks who wrote something and where, or what is said about its use."""
    return bool(_ASKS.search(question))
