//! Paper and speech: what is typed back, what is refused, and what the refusal says.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::collections::HashSet;

use support::Repeatable;
use zegel_crypto::{
    printed::{
        Code, CodeError, KeyCard, Knock, KnockError, Link, LinkError, PrintedError, ReadingCard, RecoverySheet,
        link_keys, reading_keys, two_groups, verification_words,
    },
    shamir,
    unlock::SlotSecret,
};

fn card() -> KeyCard {
    let mut rng = Repeatable(5);
    KeyCard { person: [0xa1; 16], secret: SlotSecret::make(&mut rng), fingerprint: [0x5c; 16] }
}

#[test]
fn a_knock_is_read_whole_or_not_at_all() {
    let knock = Knock { id: Knock::id_of(&[1; 32]), fingerprint: [2; 16] };
    let text = knock.to_text();
    assert_eq!(Knock::from_text(&text), Ok(knock));
    assert_eq!(Knock::from_text(&format!(" https://relay.example.org/let-in#{text}\n")), Ok(knock));
    for wrong in
        ["", "k1", &text[..text.len() - 1], &text.replacen("k1", "k2", 1), &text.replacen('A', "B", 1), "a.b.c.d"]
    {
        assert_eq!(Knock::from_text(wrong), Err(KnockError), "{wrong}");
    }
    let link = Link { id: [3; 16], secret: [4; 32], fingerprint: [5; 16] };
    assert_eq!(Knock::from_text(&link.to_fragment()), Err(KnockError), "a link is something else");
    assert!(Link::from_fragment(&text).is_err(), "and so is a knock");
}

#[test]
fn a_card_is_read_back_however_it_is_typed() {
    let text = card().to_text();
    assert_eq!(text.lines().count(), 6);
    assert!(text.lines().all(|line| line.split(' ').map(str::len).eq([5; 4])));
    let sloppy = text.to_lowercase().replace(' ', "-").replace('0', "o").replace('1', "l");
    for typed in [text.as_str(), &sloppy, &text.replace([' ', '\n'], "")] {
        let read = KeyCard::from_text(typed).unwrap();
        assert!(read.person == card().person && read.secret == card().secret && read.fingerprint == [0x5c; 16]);
    }
}

#[test]
fn any_wrong_character_is_named_by_its_line() {
    let text = card().to_text();
    for (number, line) in text.lines().enumerate() {
        for at in 0..line.len() {
            for wrong in ["2", "7", "Q", "Z", "U"] {
                let mut changed = line.to_owned();
                if line[at..=at] == *" " || line[at..=at] == *wrong {
                    continue;
                }
                changed.replace_range(at..=at, wrong);
                let damaged = text.replace(line, &changed);
                let expected = PrintedError::DamagedGroup { line: number + 1 };
                assert_eq!(KeyCard::from_text(&damaged).map(|_| ()), Err(expected), "{line} -> {changed}");
            }
        }
    }
}

#[test]
fn exchanged_characters_and_lines_are_noticed() {
    let text = card().to_text();
    let lines: Vec<_> = text.lines().collect();
    let mut exchanged = lines.clone();
    exchanged.swap(2, 3);
    assert_eq!(KeyCard::from_text(&exchanged.join("\n")).map(|_| ()), Err(PrintedError::DamagedGroup { line: 3 }));
    let mut letters: Vec<char> = text.chars().collect();
    let at = (8..12).find(|&at| letters[at] != letters[at + 1] && letters[at + 1] != ' ').unwrap();
    letters.swap(at, at + 1);
    let typed: String = letters.into_iter().collect();
    assert_eq!(KeyCard::from_text(&typed).map(|_| ()), Err(PrintedError::DamagedGroup { line: 1 }));
    assert_eq!(KeyCard::from_text(&lines[..5].join("")).map(|_| ()), Err(PrintedError::TooShort));
    assert_eq!(KeyCard::from_text("").map(|_| ()), Err(PrintedError::TooShort));
    assert_eq!(KeyCard::from_text(&format!("{}{}", *text, "00000")).map(|_| ()), Err(PrintedError::TooLong));
    assert_eq!(RecoverySheet::from_text(&text).map(|_| ()), Err(PrintedError::WrongKind));
    let mut other = card();
    other.person[15] ^= 0xff;
    let mixed = [&lines[..5], &other.to_text().lines().skip(5).collect::<Vec<_>>()].concat().join("\n");
    assert_eq!(KeyCard::from_text(&mixed).map(|_| ()), Err(PrintedError::Mixed));
}

#[test]
fn sheets_give_the_secret_back() {
    let mut rng = Repeatable(6);
    let secret = [0x42; 64];
    let shares = shamir::split(&mut rng, &secret, 2, 3).unwrap();
    let texts: Vec<_> = shares.iter().map(|share| RecoverySheet::new([1; 16], [2; 4], 2, share).to_text()).collect();
    assert_eq!(texts[0].lines().count(), 8);
    let read: Vec<_> = [2, 0].map(|at: usize| RecoverySheet::from_text(&texts[at]).unwrap()).into();
    assert_eq!((read[0].organisation, read[0].split, read[0].threshold, read[0].index), ([1; 16], [2; 4], 2, 3));
    let shares: Vec<_> = read.iter().map(RecoverySheet::to_share).collect();
    assert_eq!(*shamir::combine(2, &shares).unwrap(), secret);
}

#[test]
fn two_groups_prove_that_a_card_was_printed() {
    let text = card().to_text();
    let groups: Vec<_> = text.split_ascii_whitespace().collect();
    for challenge in (0..600).chain([u64::MAX]) {
        let asked = two_groups(&card(), challenge);
        let [one, two] = asked.positions();
        assert!(one != two && one > 1 && two > 1);
        assert!(asked.check([&groups[one - 1].to_lowercase(), groups[two - 1]]));
        assert!(!asked.check([groups[one - 1], "00000"]));
        assert!(!asked.check(["", ""]));
    }
}

#[test]
fn a_link_is_whole_or_refused() {
    let link = Link { id: [1; 16], secret: [2; 32], fingerprint: [3; 16] };
    let text = link.to_fragment();
    assert!(Link::from_fragment(&text).unwrap() == link);
    assert!(Link::from_fragment(&format!("#{}", *text)).unwrap() == link);
    for at in 2..text.len() {
        assert!(Link::from_fragment(&text[..at]).is_err());
        let mut changed = text.to_string();
        changed.replace_range(at..=at, if &text[at..=at] == "A" { "B" } else { "A" });
        assert!(Link::from_fragment(&changed).is_err(), "{changed}");
    }
    assert_eq!(Link::from_fragment("2.a.b.c.d").map(|_| ()), Err(LinkError::UnknownVersion));
    assert_eq!(Link::from_fragment("").map(|_| ()), Err(LinkError::Incomplete));
    assert_eq!(Link::from_fragment("1.é.é.é.éééé").map(|_| ()), Err(LinkError::Damaged));
}

#[test]
fn a_reading_card_is_no_link_and_its_passphrase_no_code() {
    let card = ReadingCard { id: [1; 16], secret: [2; 32], fingerprint: [3; 16] };
    let text = card.to_fragment();
    assert!(ReadingCard::from_fragment(&format!(" #{}", *text)).unwrap() == card);
    assert!(ReadingCard::is_meant(&format!("#{}", *text)) && ReadingCard::is_meant("r1.half"));
    assert_eq!(Link::from_fragment(&text).map(|_| ()), Err(LinkError::UnknownVersion));
    let link = Link { id: card.id, secret: card.secret, fingerprint: card.fingerprint }.to_fragment();
    assert_eq!(ReadingCard::from_fragment(&link).map(|_| ()), Err(LinkError::UnknownVersion));
    assert!(!ReadingCard::is_meant(&link));
    for at in 3..text.len() {
        assert!(ReadingCard::from_fragment(&text[..at]).is_err());
    }
    let code = Code::make(&mut Repeatable(7));
    let (own, handed) = (reading_keys(&card.secret, code.to_text().as_bytes()), link_keys(&card.secret, &code));
    assert_ne!(own.link.receiving.public(), handed.receiving.public());
    assert_ne!(own.link.signing.verifying(), own.account.verifying());
    let other = reading_keys(&card.secret, b"iets anders");
    assert_ne!(own.link.receiving.public(), other.link.receiving.public());
}

#[test]
fn a_code_is_six_words_in_any_spelling() {
    let mut rng = Repeatable(7);
    let code = Code::make(&mut rng);
    let text = code.to_text();
    assert_eq!(text.split(' ').count(), 6);
    assert!(Code::parse(&text.to_uppercase().replace(' ', " - ")).unwrap() == code);
    assert_eq!(Code::parse("een twee").map(|_| ()), Err(CodeError::Count { found: 2 }));
    let wrong = text.replacen(code.words()[3], "xyzzy", 1);
    assert_eq!(Code::parse(&wrong).map(|_| ()), Err(CodeError::UnknownWord { position: 4 }));
    let (keys, other) = (link_keys(&[1; 32], &code), link_keys(&[1; 32], &Code::make(&mut rng)));
    let public = [&keys, &other].map(|keys| (keys.signing.verifying(), keys.request.verifying()));
    assert!(public[0] != public[1] && public[0].0 != public[0].1);
    assert_ne!(keys.receiving.public(), other.receiving.public());
}

#[test]
fn the_words_are_1024_and_differ() {
    let words: Vec<_> = include_str!("../src/words.txt").lines().collect();
    assert_eq!(words.len(), 1024);
    assert!(words.is_sorted());
    assert_eq!(words.iter().map(|word| ear(word)).collect::<HashSet<_>>().len(), 1024);
    assert!(
        words.iter().all(|word| (3..=7).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_lowercase()))
    );
    assert_ne!(verification_words(b"one key"), verification_words(b"another"));
}

/// How a Dutch word sounds, roughly: spellings that cannot be told apart by ear become one.
fn ear(word: &str) -> String {
    let alike = [
        ("ij", "ei"),
        ("ou", "au"),
        ("ch", "g"),
        ("ck", "k"),
        ("c", "k"),
        ("th", "t"),
        ("y", "i"),
        ("x", "ks"),
        ("z", "s"),
        ("v", "f"),
    ];
    let mut sound = alike.iter().fold(word.to_owned(), |word, (from, to)| word.replace(from, to));
    for (from, to) in [("d", "t"), ("b", "p")] {
        if let Some(start) = sound.strip_suffix(from) {
            sound = format!("{start}{to}");
        }
    }
    sound
}
