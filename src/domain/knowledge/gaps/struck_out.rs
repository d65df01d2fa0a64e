//! Strikes out of a text what names a person or leads to one: names, e-mail addresses, links,
//! telephone, order and other long numbers, postal addresses.
//!
//! Invariant: rather too much than too little. What is struck is gone: nothing of it is left in
//! the result, and striking again changes nothing.

use std::sync::LazyLock;

use regex::Regex;
use unicode_normalization::UnicodeNormalization;

use crate::domain::knowledge::text::chinese::is_han;
use crate::domain::knowledge::text::vietnamese::fold;

/// What stands where something was struck out; the same in every language.
pub const STRUCK: &str = "[…]";

/// From so many letters on, a part of a name is struck wherever it stands; a shorter one is too
/// often a word, and only counts where it is written with a capital.
const NAME_LETTERS_MIN: usize = 3;
/// How much of a Chinese name is used to call somebody: the given name.
const GIVEN_NAME_CHARS: usize = 2;

/// Names that are known: the customer's, as their accounts show them, and colleagues'.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// Parts in letters, lower case.
    words: Vec<String>,
    /// Chinese names, whole and given.
    han: Vec<String>,
}

impl Names {
    /// The parts of these names.
    pub fn of<'a>(names: impl IntoIterator<Item = &'a str>) -> Names {
        let mut known = Names::default();
        for name in names {
            let name: String = name.nfc().collect();
            for part in name.split(|char: char| !char.is_alphanumeric()) {
                known.add(part);
            }
        }
        // The longer first: a given name is struck only where the whole one does not stand.
        known
            .han
            .sort_by_key(|name| std::cmp::Reverse(name.chars().count()));
        known
    }

    fn add(&mut self, part: &str) {
        let chars: Vec<char> = part.chars().collect();
        let han = chars.iter().copied().filter(|char| is_han(*char)).count();
        if han == 0 && !part.is_empty() {
            self.words.push(part.to_lowercase());
        } else if han == chars.len() && han >= GIVEN_NAME_CHARS {
            self.han.push(part.to_owned());
            self.han
                .push(chars[han - GIVEN_NAME_CHARS..].iter().collect());
        }
    }

    fn has(&self, word: &str) -> bool {
        let lower = word.to_lowercase();
        let capital = word.starts_with(char::is_uppercase);
        self.words.iter().any(|known| {
            let long_enough = known.chars().count() >= NAME_LETTERS_MIN;
            // A word with marks is another one than a name without: "lần" is not "Lan".
            // Written large it may be the name with the marks that the account lacks.
            let same = lower == *known
                || (lower.is_ascii() && lower == fold(known))
                || (capital && fold(&lower) == *known);
            same && (long_enough || capital)
        })
    }
}

/// Everything but names, in the order in which it is struck. What a pattern names `keep` stays.
const PATTERNS: [&str; 18] = [
    // E-mail addresses, links, domains, handles.
    r"(?i)[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+",
    r"(?i)\b(?:https?://|www\.)[^\s\p{Han}<>()，。；、]+",
    r"(?i)[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|vn|cn|net|org|io|shop|store|me|info|edu|gov|example)\b(?:/[^\s\p{Han}]*)?",
    r"@[A-Za-z0-9_]{3,}",
    // Postal addresses: English, Vietnamese with marks and without, Chinese.
    r"(?i)\b\d+[a-z]?(?:[-/]\d+)*,?\s+(?:[\p{L}'.]+\s+){1,2}(?:street|st|road|rd|avenue|ave|lane|ln|boulevard|blvd|drive|terrace|crescent)\b\.?(?:,?\s*(?:apt|apartment|unit|suite|floor)\.?\s*#?\w+)?(?:,\s*[\p{L}0-9][\p{L}0-9 ]{1,30})*",
    r"(?i)\bp\.?\s?o\.?\s?box\s*\d+",
    r"(?i)(?:\b(?:số nhà|so nha|số|so)\s+)?\b\d+[a-z]?(?:/\d+[a-z]?)*\s+(?:đường|duong|phố|pho|ngõ|ngo|ngách|ngach|hẻm|hem|kiệt|kiet)\s+[^,.;?!\n]{1,40}(?:,\s*(?:phường|phuong|xã|xa|quận|quan|huyện|huyen|thành phố|thanh pho|tp\.?|tỉnh|tinh|p\.|q\.)\s*[^,.;?!\n]{1,30})*",
    r"(?:(?i:\b(?:phường|phuong|quận|quan|huyện|huyen|thị trấn|thi tran|thị xã|thi xa|ngõ|ngo|ngách|ngach|hẻm|hem|kiệt|kiet|thôn|thon|ấp|ap|khu phố|khu pho|chung cư|chung cu|tòa nhà|toa nha|xã|xa))|(?:P|Q)\.)\s*(?:\p{Lu}[\p{L}\d]*|\d+[\w/]*)(?:\s+(?:\p{Lu}[\p{L}\d]*|\d+))*",
    r"(?:[\p{Han}A-Za-z0-9０-９-]{1,8}?(?:省|市|自治区|区|县|镇|乡|村|路|街|大道|巷|弄|小区|号|栋|幢|单元|室|楼|區|縣|鎮|鄉|號|棟|單元|樓|段)){2,}\d*|\p{Han}{1,8}[道路街]\s?\d+\s?[号號]",
    // Numbers of orders and parcels, however short, behind the word for them.
    r"(?i)(?P<keep>\b(?:order|parcel|tracking|invoice|account|đơn|don|mã|ma)(?:\s+(?:number|no\.?|code|id|vận|van|đơn|don|số|so|mã|ma|hàng|hang)(?:\s+(?:is|là|la))?)*[\s:#]*|(?:订单|单号|运单|快递)(?:编?号)?[\s:：是为]*)#?[a-z]{0,4}-?\d[a-z0-9-]+",
    r"(?i)#\s?[a-z]{0,4}-?\d[a-z0-9-]*",
    // Long numbers, also in groups, and codes of letters and figures.
    r"\+?\(?\d(?:[\s().\-/–—－·．（）]{0,2}\d){5,}",
    r"(?i)[a-z]{0,8}-?\d{4,}[a-z0-9-]*|\b[a-z]{1,4}-?\d{3,}[a-z0-9-]*|\b(?:[a-z]+\d+){2,}[a-z]*\b",
    r"[〇零一二三四五六七八九幺]{6,}",
    // How people address and introduce somebody: titles first, an introduction would swallow them.
    r"(?P<keep>(?i:\b(?:full name|name|mr|mrs|ms|miss|dr)\b\.?\s*:?\s*|\b(?:tên|ten)\s*(?:là|la|:)\s*|(?:người nhận|nguoi nhan|họ tên|ho ten)\s*:?\s*|\b(?:anh|chị|chi|cô|chú|bạn)\s+))(?:\p{Lu}[\p{L}'-]*)(?:\s+\p{Lu}[\p{L}'-]*){0,3}",
    r"(?i)(?P<keep>\bmy name(?: is|'s)\s+)\p{L}+(?:\s+\p{L}+){0,2}",
    r"(?i)(?P<keep>\b(?:tên|ten)\s+(?:tôi|toi|mình|minh|em|anh|chị|chi)\s+(?:là|la)\s+)\p{L}+(?:\s+\p{L}+){0,3}",
    // What follows a name with a capital is more of it.
    r"(?P<keep>\[…\]\s+)(?:\p{Lu}[\p{L}'-]*)(?:\s+\p{Lu}[\p{L}'-]*){0,3}",
];
/// Chinese names by what stands around them.
const HAN_NAMES: [&str; 2] = [
    r"(?P<keep>(?:我叫|我的名字(?:是|叫)|姓名|收货人|收件人)[\s:：是]*)\p{Han}{2,3}",
    r"\p{Han}{1,2}?(?P<keep>先生|女士|小姐|太太)",
];
/// Words of a text in letters and digits: what a name is compared with.
const WORD: &str = r"[\p{L}\p{M}\p{N}]+";

struct Patterns {
    struck: Vec<Regex>,
    word: Regex,
}

static COMPILED: LazyLock<Option<Patterns>> = LazyLock::new(|| {
    let all = PATTERNS.iter().chain(&HAN_NAMES);
    let struck: Result<Vec<Regex>, _> = all.map(|pattern| Regex::new(pattern)).collect();
    Some(Patterns {
        struck: struck.ok()?,
        word: Regex::new(WORD).ok()?,
    })
});

/// The text without what names somebody or leads to them.
pub fn struck_out(text: &str, names: &Names) -> String {
    let Some(patterns) = COMPILED.as_ref() else {
        // A faulty pattern must not open the door: nothing is better than a name.
        return STRUCK.to_owned();
    };
    // Marks that stand beside their letters would hide them from every pattern.
    let text: String = text.nfc().collect();
    let mut text = without_names(&text, names, &patterns.word);
    for pattern in &patterns.struck {
        // What is not named `keep` in a pattern is filled in as nothing.
        let (before, after) = match pattern.as_str().starts_with(r"\p{Han}") {
            true => ("", "${keep}"),
            false => ("${keep}", ""),
        };
        let put = format!("{before}{STRUCK}{after}");
        text = pattern.replace_all(&text, put.as_str()).into_owned();
    }
    text
}

fn without_names(text: &str, names: &Names, word: &Regex) -> String {
    let mut text = text.to_owned();
    for name in &names.han {
        text = text.replace(name.as_str(), STRUCK);
    }
    word.replace_all(&text, |found: &regex::Captures<'_>| {
        let word = &found[0];
        if names.has(word) {
            STRUCK.to_owned()
        } else {
            word.to_owned()
        }
    })
    .into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Everything in `gone` is struck, everything in `stays` is not.
    fn check(names: &[&str], text: &str, gone: &[&str], stays: &[&str]) {
        let names = Names::of(names.iter().copied());
        let struck = struck_out(text, &names);
        for word in gone {
            assert!(!struck.contains(word), "{word:?} is left in {struck:?}");
        }
        for word in stays {
            assert!(struck.contains(word), "{word:?} is struck in {struck:?}");
        }
        assert_eq!(struck_out(&struck, &names), struck, "once is enough");
    }

    #[test]
    fn the_patterns_compile() {
        assert!(COMPILED.is_some());
    }

    #[test]
    fn known_names_go_however_they_are_written() {
        check(
            &["Ann Miller"],
            "Hi, Ann here. MILLER is on the parcel, not Müller's annex",
            &["Ann ", "MILLER"],
            &["annex", "parcel"],
        );
        check(
            &["Nguyễn Thị Lan"],
            "em là lan, nguyen thi lan, giao 2 lần rồi ạ",
            &["lan,", "nguyen", "thi "],
            &["giao", "2 lần"],
        );
        check(
            &["Trần An"],
            "An hỏi shop có an toàn không",
            &["An "],
            &["an toàn"],
        );
        check(&["王小明"], "我是王小明，小明的包裹", &["小明"], &["包裹"]);
    }

    #[test]
    fn names_without_capitals_marks_or_in_pieces_go() {
        check(
            &["Nguyen Van Hung"],
            "Hùng đây, chưa nhận được hàng",
            &["Hùng"],
            &["nhận được hàng"],
        );
        check(
            &["Trần Thị Lan"],
            "Tra\u{0302}\u{0300}n Thi\u{0323} Lan",
            &["Lan"],
            &[],
        );
        check(
            &[],
            "ten em la nguyen thi hoa",
            &["nguyen", "hoa"],
            &["ten em la"],
        );
        check(
            &[],
            "my name is john smith",
            &["john", "smith"],
            &["my name is"],
        );
    }

    #[test]
    fn numbers_and_places_in_other_hands_go() {
        for number in [
            "0912–345–678",
            "0912·345·678",
            "０９１２－３４５－６７８",
            "138－0013－8000",
        ] {
            check(
                &[],
                &format!("gọi {number} nhé"),
                &["345", "３４５", "0013", "0912"],
                &["gọi", "nhé"],
            );
        }
        check(
            &[],
            "hem 45/2 Le Loi, huyen Cu Chi, xa Phu My, thon 5",
            &["45/2", "Cu Chi", "Phu My", "thon 5"],
            &[],
        );
        check(&[], "chung cu Sunrise ạ", &["Sunrise"], &["ạ"]);
        check(&[], "送到香港九龍彌敦道688號", &["彌敦", "688"], &[]);
        check(
            &[],
            "臺北市忠孝東路五段100號",
            &["忠孝", "五段", "100"],
            &[],
        );
        check(&[], "阳光小区3栋502", &["阳光", "502"], &[]);
        check(&[], "我不知道多少钱", &[], &["我不知道多少钱"]);
    }

    #[test]
    fn addresses_of_mail_links_and_handles_go() {
        check(
            &[],
            "write to ann.b+x@mail.example.com or https://shop.example/o/77?t=1 or @annb or www.ann.vn/me",
            &["ann", "mail.example", "shop.example", "t=1"],
            &["write to", " or "],
        );
        check(
            &[],
            "邮箱ann@qq.com，看https://a.cn/x吧",
            &["ann", "qq", "a.cn"],
            &["邮箱", "吧"],
        );
        check(
            &[],
            "the form is at careline.example/refund today",
            &["careline.example"],
            &["today"],
        );
    }

    #[test]
    fn numbers_that_lead_to_somebody_go_and_small_ones_stay() {
        for phone in [
            "0912 345 678",
            "+84 912-345-678",
            "(555) 010-9999",
            "13800138000",
            "138-0013-8000",
            "０９１２３４５６７８",
            "一三八零零一三八",
        ] {
            check(
                &[],
                &format!("call {phone} please"),
                &[phone, "345", "138", "三八"],
                &["call", "please"],
            );
        }
        for order in [
            "order #12",
            "order number 77",
            "đơn hàng DH-203",
            "mã đơn 45",
            "订单号：88",
            "order 4711",
        ] {
            check(
                &[],
                &format!("my {order} is late"),
                &["12", "77", "203", "45", "88", "4711"],
                &["is late"],
            );
        }
        check(
            &[],
            "VN123456789 and SPXVN04abc12 and AB-2024-55",
            &["123", "04", "2024"],
            &[" and "],
        );
        check(
            &[],
            "within 5 days, 10-12 hours, size 42, iPhone 15, 500k, at 10:30, 3–5 ngày, 7天",
            &[],
            &[
                "5 days",
                "10-12",
                "42",
                "iPhone 15",
                "500k",
                "10:30",
                "3–5",
                "7天",
            ],
        );
    }

    #[test]
    fn postal_addresses_go_as_far_as_they_are_recognised() {
        for (address, rest) in [
            ("12 Main Street, Springfield", "deliver to"),
            ("221b baker street", "deliver to"),
            ("P.O. Box 55", "deliver to"),
            ("12/3 đường Lê Lợi, phường Bến Nghé, quận 1", "deliver to"),
            ("số 12 duong le loi, quan 3", "deliver to"),
            ("Quận 7", "deliver to"),
            ("北京市朝阳区建国路88号", "deliver to"),
            ("广东省深圳市南山区科技园路1号2栋", "deliver to"),
        ] {
            let street: Vec<&str> = [
                "Main", "baker", "55", "Lê", "Bến", "le loi", "7", "朝阳", "科技",
            ]
            .into_iter()
            .filter(|word| address.contains(word))
            .collect();
            check(&[], &format!("deliver to {address}"), &street, &[rest]);
        }
        check(
            &[],
            "hàng đang trên đường giao, how long on the road, 快递到几号",
            &[],
            &["trên đường giao", "on the road", "几号"],
        );
    }

    #[test]
    fn introductions_and_titles_go() {
        check(
            &[],
            "My name is John Smith and Mr. Brown knows",
            &["John", "Smith", "Brown"],
            &["My name is", "knows"],
        );
        check(
            &[],
            "tên em là Hoa, chị Mai gọi em, người nhận: Lê Văn Tám",
            &["Hoa", "Mai", "Tám"],
            &["gọi em"],
        );
        check(
            &[],
            "我叫张伟，找李女士，收货人：陈晓",
            &["张伟", "李女士", "陈晓"],
            &["女士", "我叫"],
        );
    }

    #[test]
    fn any_text_is_borne() {
        for text in [
            "",
            "\0",
            "🙂🙂",
            "[…]",
            &"9".repeat(5_000),
            &"號".repeat(2_000),
        ] {
            let struck = struck_out(text, &Names::default());
            assert!(struck.len() <= text.len().max(STRUCK.len() * 2));
        }
    }
}
