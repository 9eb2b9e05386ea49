"""Letters in Chinese, dangers and calm ones; languages of which no danger is known."""

from __future__ import annotations

import pytest

from shared.contracts.vocabulary import DeadlineKind, RequestState, SpecialSituation, Urgency
from tests.support.normalising import letter

S, U = SpecialSituation, Urgency
UNREAD = {"special_situations", "urgency"}


@pytest.mark.parametrize(
    ("situation", "words"),
    [
        (
            S.TRAFFICKING_VICTIM,
            "带我来法国的老板说我还欠他两万欧元，护照在他手里，出去以后要回到他店里住。",
        ),
        (S.TRAFFICKING_VICTIM, "老板娘把我的护照收走了，每天做工十四个小时，没给过工资。"),
        (S.TRAFFICKING_VICTIM, "她说路费三万欧还没还清，不让我出门，护照也被扣了。"),
        (S.TRAFFICKING_VICTIM, "蛇头天天打电话来要钱，还有两万没还。"),
        (S.TRAFFICKING_VICTIM, "她被逼接客还债，不敢跟律师说。"),
        (S.TRAFFICKING_VICTIM, "我睡在工厂里，护照在老板那里锁着。"),
        (S.TRAFFICKING_VICTIM, "护照在老板手里，我还欠他三万，不敢跟律师说。"),
        (S.VIOLENCE_OR_THREAT, "上个星期有两个男人去我父母家，把大门砸了，说下次就不只是门。"),
        (S.VIOLENCE_OR_THREAT, "同屋的人打了我，我不敢去放风。"),
        (S.VIOLENCE_OR_THREAT, "他们拿刀架在我脖子上，要我付钱。"),
        (S.VIOLENCE_OR_THREAT, "有人威胁我，说知道我孩子在哪上学。"),
        (S.VIOLENCE_OR_THREAT, "他们说要弄死我弟弟。"),
        (S.VIOLENCE_OR_THREAT, "在洗澡的地方被人殴打，没有告诉看守。"),
        (S.VIOLENCE_OR_THREAT, "看电视的时候他打了我，眼睛肿了。"),
        (S.VIOLENCE_OR_THREAT, "他们逼我玩牌，输了就砍伤我的手。"),
        (S.SUICIDE_RISK, "我不想活了，谢谢你们。"),
        (S.SUICIDE_RISK, "我已经绝食六天了，只喝水。"),
        (S.SUICIDE_RISK, "丈夫在信里说活着没有意义，他攒了很多药。"),
        (S.SUICIDE_RISK, "我走了以后，请把这封信交给我女儿。"),
        (S.SUICIDE_RISK, "八天没吃东西了，没有人管我。"),
        (S.RETENTION, "他现在被关在拘留中心，不知道为什么。"),
    ],
)
def test_a_danger_told_in_chinese_is_seen(situation, words):
    facts = letter(words).facts
    assert situation in facts.special_situations
    assert facts.urgency is U.CRITICAL


@pytest.mark.parametrize(
    ("situation", "words"),
    [
        (S.MINOR, "我今年才十六岁，他们说我成年了。"),
        (S.NO_MAIL_TO_PRISON, "请不要给我写信到监狱，信会被别人拆开。"),
        (S.CANNOT_READ, "我不识字，这封信是室友帮我写的。"),
        (S.PREGNANT_OR_WITH_CHILD, "我怀孕五个月了，请问孩子怎么登记？"),
        (S.SERIOUS_ILLNESS, "我得了尿毒症，每周透析三次。"),
    ],
)
def test_a_special_situation_told_in_chinese_is_seen(situation, words):
    assert situation in letter(words).facts.special_situations


@pytest.mark.parametrize(
    "words",
    [
        "昨天有人叫我签了一张纸，必须离开法国。",
        "我收到离境令，上面写七天之内可以上诉。",
        "省政府的人让我签了驱逐令，我不懂是什么。",
    ],
)
def test_an_order_to_leave_told_in_chinese_runs_though_its_day_is_unknown(words):
    facts = letter(words).facts
    assert [d.kind for d in facts.deadlines] == [DeadlineKind.OQTF_APPEAL]
    assert facts.urgency is U.CRITICAL


@pytest.mark.parametrize(
    "words",
    [
        "警察说星期四把我遣返，机票已经买好了。",
        "明天早上他们要把他送上飞机送回中国。",
        "他们说后天遣返我弟弟，怎么办？",
    ],
)
def test_a_removal_of_these_days_told_in_chinese_is_critical(words):
    assert letter(words).facts.urgency is U.CRITICAL


@pytest.mark.parametrize(
    "words",
    [
        "您好，我想死你们了，很想家，请问居留卡到期怎么办？",
        "我快急死了，天天给省政府打电话都没人接。",
        "警察搜查时把我的护照拿走了，请问去哪里领？",
        "老板答应我出狱以后可以回去上班，请问要办什么手续？",
        "我欠银行两千欧，每月从工资里还三十。",
        "省政府说我威胁公共秩序，想收回我的居留卡，请问怎么写申辩？",
        "我因为打架伤害罪被判两年，现在一切都好，请问能申请居留吗？",
        "打了他的电话没人接，请问你们什么时候上班？",
        "这里没有人欺负我，我每天打扫走廊，想学法语。",
        "我没有想过自杀，请放心，只是想问一下换护照的事。",
        "报上说监狱里自杀的人多了，我很好，请问探视证怎么办？",
        "我十六岁来法国，现在四十岁，请问能入籍吗？",
        "体检那天八天没吃糖，结果正常，请问眼镜怎么配？",
        "如果出狱后会被遣返吗？我没有收到任何决定，只是想了解。",
        "爷爷的后事已经办好了，请问怎么请假？",
        "我未成年的孩子在法国上学，可以申请居留吗？",
        "下棋我打了他一个三比零，请问图书室有没有中文书？",
        "老板对我很好，带我来法国的是我叔叔，请问怎么换居留卡？",
    ],
)
def test_a_calm_letter_in_chinese_is_normal(words):
    facts = letter(words).facts
    assert not facts.special_situations
    assert facts.urgency is U.NORMAL
    assert not UNREAD & set(facts.missing)


@pytest.mark.parametrize(
    "words",
    [
        "আমি নয় দিন ধরে কিছু খাইনি, শুধু পানি খাচ্ছি। কেউ আমার কথা শোনে না।",
        "நான் சாக விரும்புகிறேன், என் மனைவிக்கு இந்தக் கடிதத்தைக் கொடுங்கள்.",
        "Ես այլևս չեմ ուզում ապրել, խնդրում եմ ներեք ինձ։",
        "من دیگر نمی‌خواهم زنده بمانم و پنج روز است چیزی نخورده‌ام، چه کار کنم؟",
        "میں نے پانچ دن سے کچھ نہیں کھایا، وہ مجھے ڈرا رہے ہیں۔",
        "Mwen pa gen fòs ankò, mwen pa vle kontinye, tanpri ede m, yo pa tande mwen nan kay sa.",
        "Waxaan ahay Soomaali, waxaan ku jiraa xabsiga, fadlan i caawi, ma cunin afar maalmood.",
    ],
)
def test_a_text_of_which_no_danger_could_be_read_is_read_by_a_person(words):
    found = letter(words)
    assert set(found.facts.missing) >= UNREAD
    assert found.state is RequestState.NEEDS_REVIEW


def test_two_languages_are_unread_if_one_of_them_is():
    words = (
        "Bonjour madame, je vous écris pour ma carte de séjour et pour le parloir de ma femme. "
        "আমি নয় দিন ধরে কিছু খাইনি শুধু পানি খাচ্ছি আর কেউ আমার কথা শোনে না এখানে কেউ নেই।"
    )
    assert set(letter(words).facts.missing) >= UNREAD


def test_a_sheet_in_french_about_who_speaks_another_language_is_read():
    assert not UNREAD & set(letter("Je parle bengali, et mon ami écrit en français.").facts.missing)
