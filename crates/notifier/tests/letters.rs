//! Every sample of every letter, as its reader gets it: text of the PDF, cells of the workbook.
#![cfg(test)]

use std::io::Write;
use std::process::{Command, Stdio};

use calamine::{Data, Reader, Xlsx};
use model::document::Document;
use notifier::notices::{NOTICES, samples};
use notifier::{Rendered, Typist};

fn typist() -> Typist {
    Typist::new(samples::office(), &[]).expect("a Chinese font: apt-get install fonts-noto-cjk")
}

fn all() -> Vec<(String, Document)> {
    let notices = samples::risk_notices().into_iter().map(|(name, document)| (format!("risk_notice-{name}"), document));
    let orders = samples::orders().into_iter().map(|(name, document)| (format!("rectification_order-{name}"), document));
    notices.chain(orders).collect()
}

/// Text of a PDF without blanks and line ends: what a search finds.
fn searchable(pdf: &[u8]) -> String {
    let mut child = Command::new("pdftotext")
        .args(["-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("pdftotext: apt-get install poppler-utils");
    let mut stdin = child.stdin.take().unwrap();
    let bytes = pdf.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&bytes));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    squeezed(&String::from_utf8(output.stdout).unwrap())
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

fn cells(rendered: &Rendered, sheet: &str) -> Vec<Vec<Data>> {
    let mut workbook: Xlsx<_> = Xlsx::new(std::io::Cursor::new(rendered.files[1].bytes.clone())).unwrap();
    workbook.worksheet_range(sheet).unwrap().rows().map(<[Data]>::to_vec).collect()
}

#[test]
fn every_kind_has_samples_and_every_sample_renders_the_same_twice() {
    let typist = typist();
    for notice in NOTICES {
        assert!(all().iter().any(|(_, document)| document.kind == notice.kind()));
    }
    for (name, document) in all() {
        let started = std::time::Instant::now();
        let rendered = typist.letter(&document).unwrap_or_else(|error| panic!("{name}: {error}"));
        println!("{name}: {} ms, {} pages, {} bytes", started.elapsed().as_millis(), rendered.pages, rendered.files[0].bytes.len());
        let again = typist.letter(&document).unwrap();
        assert!(rendered.files == again.files, "{name} is not the same twice");
        let expected = usize::from(name.contains("rare_characters"));
        assert_eq!(rendered.warnings.len(), expected, "{name}: {:?}", rendered.warnings);
        if let Ok(dir) = std::env::var("ANXIN_SAMPLES") {
            for file in &rendered.files {
                let end = file.name.rsplit('.').next().unwrap();
                std::fs::write(format!("{dir}/{name}.{end}"), &file.bytes).unwrap();
            }
        }
    }
}

#[test]
fn a_letter_holds_addressee_facts_articles_deadline_and_contact() {
    let typist = typist();
    for (name, document) in all() {
        let rendered = typist.letter(&document).unwrap();
        let text = searchable(&rendered.files[0].bytes);
        let mut wanted = vec![
            document.addressee.name.clone(),
            document.project_name.clone(),
            document.project.to_string(),
            document.due_counted.clone(),
            "2024年12月27日前".to_owned(),
            "测试县人力资源和社会保障局".to_owned(),
            "10012345678".to_owned(),
        ];
        wanted.extend(document.number.clone());
        for item in &document.items {
            wanted.push(item.title.clone());
            wanted.extend(item.articles.clone());
            wanted.extend(item.facts.clone());
            wanted.push(item.remedy.clone());
        }
        for part in wanted {
            assert!(text.contains(&squeezed(&part)), "{name} lacks `{part}`");
        }
    }
}

#[test]
fn a_draft_order_is_marked_and_has_no_number_and_an_issued_one_has_both_ways() {
    let typist = typist();
    let (_, draft) = samples::orders().remove(0);
    let text = searchable(&typist.letter(&draft).unwrap().files[0].bytes);
    for mark in ["草稿", "待核实", "签发时编号", "送达回证", "行政执法证号", "见证人", "拒收事由", "送达方式"]
    {
        assert!(text.contains(mark), "{mark}");
    }
    let (_, issued) = samples::orders().into_iter().find(|(name, _)| *name == "issued").unwrap();
    let text = searchable(&typist.letter(&issued).unwrap().files[0].bytes);
    assert!(!text.contains("草稿") && !text.contains("待核实") && !text.contains("签发时"));
    assert!(text.contains(&squeezed(issued.number.as_deref().unwrap())) && text.contains("送达回证"));
}

#[test]
fn every_person_stands_in_the_annex_and_in_the_workbook() {
    let typist = typist();
    for (name, count) in [("forty_persons", 40), ("many_persons", 250)] {
        let (_, document) = samples::risk_notices().into_iter().find(|(n, _)| *n == name).unwrap();
        let rendered = typist.letter(&document).unwrap();
        let text = searchable(&rendered.files[0].bytes);
        for n in 1..=count {
            assert!(text.contains(&format!("999999********{n:04}")), "{name}: person {n}");
        }
        let rows = cells(&rendered, "人员明细");
        assert!(rows.len() > count);
        assert!(text.matches("证件号码").count() > count / 40, "the header is repeated on each page");
    }
}

#[test]
fn rare_characters_are_printed_or_shown_by_their_code_and_formulas_stay_text() {
    let typist = typist();
    let (_, document) = samples::risk_notices().into_iter().find(|(n, _)| *n == "rare_characters").unwrap();
    let rendered = typist.letter(&document).unwrap();
    let text = searchable(&rendered.files[0].bytes);
    for (character, code) in [("䶮", "U+4DAE"), ("㛃", "U+36C3"), ("𠅤", "U+20164"), ("\u{e863}", "U+E863")] {
        assert!(text.contains(character) || text.contains(&format!("〔{code}〕")), "{code}");
    }
    assert!(rendered.warnings.iter().all(|w| w.contains("U+") && !w.contains("测试")), "{:?}", rendered.warnings);
    let rows = cells(&rendered, "人员明细");
    assert!(rows.iter().flatten().any(|c| *c == Data::String("=HYPERLINK(\"x\")".to_owned())), "a text cell");
    let name = Data::String("测试𠅤".to_owned());
    assert!(rows.iter().flatten().any(|c| *c == name), "the workbook keeps the character itself");
}

#[test]
fn the_workbook_has_money_as_numbers_and_identities_as_text() {
    let typist = typist();
    let (_, document) = samples::risk_notices().into_iter().find(|(n, _)| *n == "table_breaks").unwrap();
    let rendered = typist.letter(&document).unwrap();
    let rows = cells(&rendered, "问题汇总");
    assert_eq!(rows.len(), 1 + 22);
    let column = rows[0].iter().position(|c| *c == Data::String("金额（元）".to_owned())).unwrap();
    assert!(matches!(rows[1][column], Data::Float(yuan) if (yuan - 852_345.67).abs() < 0.001), "{:?}", rows[1][column]);
    let persons = cells(&rendered, "人员明细");
    let id = persons[0].iter().position(|c| *c == Data::String("证件号码".to_owned())).unwrap();
    assert!(persons[1..].iter().all(|row| matches!(row[id], Data::String(_))));
    let grounds = cells(&rendered, "依据与参数");
    assert!(
        grounds.iter().any(|row| row[4].to_string().ends_with("（payroll.window）") && row[5] == Data::String("10个工作日".to_owned()))
    );
}
