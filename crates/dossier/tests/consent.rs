//! What a consent that goes on from another one may say.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use zegel_dossier::{ConsentForm, ConsentRecord};
use zegel_ledger::{CompartmentId, ConsentId, RecordId};

/// What somebody changes in it.
type Edit = fn(&mut ConsentRecord);

fn first() -> ConsentRecord {
    ConsentRecord {
        consent: ConsentId([1; 16]),
        to: "Dokter Jansen".to_owned(),
        purpose: "Onderzoek".to_owned(),
        items: vec![RecordId([2; 16])],
        compartments: Vec::new(),
        text: "Ik vind dit goed.".to_owned(),
        language: "nl".to_owned(),
        from: 100,
        until: 200,
        form: ConsentForm::Recorded(Some(RecordId([3; 16]))),
    }
}

fn carried() -> ConsentRecord {
    let first = first();
    ConsentRecord { consent: ConsentId([4; 16]), from: 150, form: ConsentForm::Carried(first.consent), ..first }
}

#[test]
fn it_goes_on_with_the_same_or_for_less_long() {
    assert!(carried().goes_on_from(&first()));
    assert!(ConsentRecord { until: 199, ..carried() }.goes_on_from(&first()));
}

#[test]
fn it_goes_on_with_nothing_else() {
    let edits: [(&str, Edit); 10] = [
        ("to", |consent| consent.to.push('s')),
        ("purpose", |consent| consent.purpose.clear()),
        ("an item more", |consent| consent.items.push(RecordId([5; 16]))),
        ("another item", |consent| consent.items = vec![RecordId([5; 16])]),
        ("an item less", |consent| consent.items.clear()),
        ("compartments", |consent| consent.compartments.push(CompartmentId([6; 16]))),
        ("text", |consent| consent.text.push('!')),
        ("language", |consent| consent.language = "en".to_owned()),
        ("until", |consent| consent.until += 1),
        ("form", |consent| consent.form = ConsentForm::Carried(ConsentId([7; 16]))),
    ];
    for (field, edit) in edits {
        let mut consent = carried();
        edit(&mut consent);
        assert!(!consent.goes_on_from(&first()), "{field}");
    }
}
