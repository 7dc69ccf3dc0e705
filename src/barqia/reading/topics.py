"""Topics: IPTC's top-level media topics by the words that speak of them. A small model, and an open one."""

from collections import Counter
from collections.abc import Iterable

from barqia.reading.model import Topic
from barqia.text.normal import key
from barqia.text.stems import stems
from barqia.text.tokens import Word

LEAST_SCORE = 0.15
MOST_TOPICS = 3

# (code, label, words); labels and words are our own.
TOPICS = (
    ("11000000", "سياسة", "سياسة سياسي سياسية حكومة وزير وزارة رئيس برلمان انتخابات حزب خارجية مفاوضات اتفاق اتفاقية سفير دبلوماسي قمة مبادرة مجلس نواب دستور معارضة أممية مباحثات"),
    ("16000000", "نزاعات وحروب", "حرب قتال جيش قوات إرهاب إرهابي إرهابية تفجير قصف هجوم مسلحين هدنة جبهة عسكري عسكرية ميداني ميدانية داعش قذيفة غارة تحرير اشتباكات"),
    ("04000000", "اقتصاد وأعمال", "اقتصاد اقتصادي اقتصادية تجارة استثمار بنك مصرف أسعار نفط سوق شركة صادرات واردات مليار موازنة ضريبة تضخم بورصة عملة ديون إنتاج"),
    ("15000000", "رياضة", "رياضة رياضي مباراة منتخب دوري لاعب مدرب هدف كأس بطولة ملعب فريق نادي أولمبياد ألعاب"),
    ("07000000", "صحة", "صحة صحي صحية مستشفى مرض مرضى لقاح وباء طبيب علاج دواء إصابات فيروس جراحة"),
    ("06000000", "بيئة", "بيئة بيئي بيئية مناخ تلوث غابات مياه طاقة متجددة انبعاثات محمية"),
    ("13000000", "علوم وتقنية", "علوم علمي بحث باحثون تقنية تكنولوجيا فضاء قمر اكتشاف إنترنت حاسوب برمجيات ذكاء تطبيق"),
    ("01000000", "فنون وثقافة", "ثقافة ثقافي فن فنون سينما فيلم مسرح معرض كتاب رواية شاعر موسيقا موسيقى متحف مهرجان تراث"),
    ("02000000", "جريمة وقانون وعدالة", "محكمة قضاء قضية متهم شرطة اعتقال توقيف جريمة سجن حكم نيابة تحقيق محامي قانون"),
    ("05000000", "تعليم", "تعليم تربية مدرسة مدارس طلاب طالب جامعة معلم امتحان امتحانات مناهج"),
    ("03000000", "كوارث وحوادث", "زلزال فيضان حريق حادث انهيار غرق إعصار سيول ضحايا إنقاذ كارثة"),
    ("09000000", "عمل", "عمال نقابة إضراب أجور رواتب بطالة توظيف عمل"),
    ("12000000", "دين", "دين ديني مسجد كنيسة حج عمرة رمضان فتوى شيخ بطريرك بابا إسلام"),
    ("14000000", "مجتمع", "مجتمع اجتماعي سكان لاجئين نازحين مساعدات إغاثة إنسانية أسرة مرأة أطفال هجرة"),
    ("17000000", "طقس", "طقس حرارة أمطار ثلوج رياح درجات أرصاد منخفض"),
)  # fmt: skip
BY_WORD: dict[str, list[str]] = {}
for _code, _label, _words in TOPICS:
    for _word in _words.split():
        BY_WORD.setdefault(key(_word), []).append(_code)
LABELS = {code: label for code, label, _ in TOPICS}


def topics_of(found: Iterable[Word]) -> tuple[Topic, ...]:
    """The topics that have a good share of the topical words, most first."""
    tally: Counter[str] = Counter()
    for word in found:
        code = next((BY_WORD[stem] for stem in stems(word.folded) if stem in BY_WORD), ())
        tally.update(code)
    total = sum(tally.values())
    if total < 2:
        return ()
    ranked = [(code, count / total) for code, count in tally.most_common(MOST_TOPICS)]
    return tuple(
        Topic(f"medtop:{code}", LABELS[code], round(share, 2)) for code, share in ranked if share >= LEAST_SCORE
    )
