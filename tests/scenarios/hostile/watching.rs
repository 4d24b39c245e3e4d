//! A relay that changes nothing and watches: sizes, paths, what lies on its disk.

use rusqlite::Connection;
use zegel_tests::{
    hostile::scene::{Scene, save},
    world::{DOCUMENT, REPORT},
};

/// Every request's path and length, and the length of every blob on the disk, in order.
type View = (Vec<(String, usize)>, Vec<i64>);

/// What the relay sees when somebody is led to add these texts beside what is there.
async fn view(report: &str, document: &[u8]) -> View {
    let mut scene = Scene::new().await;
    scene.relay.take_transcript();
    save(&mut scene.iris, &scene.dossier, report).await.unwrap();
    scene.iris.add(&scene.dossier, "bijlage.pdf", document).await.unwrap();
    scene.ruben.vault.sync().await.unwrap();
    let archive = Connection::open(scene.world.folder().join("relay.sqlite")).unwrap();
    let mut find = archive.prepare("SELECT length FROM blob ORDER BY id").unwrap();
    let lengths = find.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    (scene.relay.transcript().shape(), lengths)
}

/// Whether what was put there is what is there already, or only as long, does not show.
#[tokio::test]
async fn injection_distinguisher() {
    let same = view(REPORT, DOCUMENT).await;
    let report: String = REPORT.chars().rev().collect();
    let document: Vec<u8> = DOCUMENT.iter().rev().copied().collect();
    assert!(same.0.len() > 2 && same.1.len() > 4);
    assert_eq!(same, view(&report, &document).await);
    // Nor does a guess that is a little longer or shorter.
    assert_eq!(same, view(&format!("{report} en nog iets"), &document[..9]).await);
}
