//! The API: everything by JSON that the pages do, through the real router.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode, header};
use juanzong::archive::Processing;
use juanzong::web::{Site, router};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::world::World;

mod refusals;

mod search;

/// A program that speaks with the server of a world.
struct Client {
    world: World,
    router: Router,
}

const NOTICE: &str =
    "关于成立学雷锋活动领导小组的通知\n各单位:\n志愿服务由文明办牵头。\n市文明办\n2017年3月6日\n";

impl Client {
    async fn new() -> Self {
        let world = World::new().await;
        let site = Site::new(Arc::clone(&world.archive), "clerk", vec!["localhost".into()]);
        Self { router: router(&site), world }
    }

    /// A client of an archive with one notice filed, read and indexed, and its number.
    async fn with_notice() -> (Self, i64) {
        let client = Self::new().await;
        let (_, told) = client
            .send_file("通知.txt", NOTICE, &[("unit", "文明办"), ("standard", "1.1"), ("kind", "规范文件")])
            .await;
        client.settle().await;
        let number = told["lines"][0]["evidence"].as_i64().unwrap();
        (client, number)
    }

    /// Reads and indexes, as the server does in the background.
    async fn settle(&self) {
        self.world.read().await;
        let processing = Processing::lock(&self.world.archive).unwrap().unwrap();
        processing.index_all(|_, _| ()).await.unwrap();
    }

    async fn ask(&self, request: Request<Body>) -> (StatusCode, Value) {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/json", "{status}");
        let bytes = to_bytes(response.into_body(), 10 << 20).await.unwrap();
        (status, serde_json::from_slice(&bytes).unwrap())
    }

    async fn get(&self, path: &str) -> Value {
        let (status, told) = self.ask(request(Method::GET, path).body(Body::empty()).unwrap()).await;
        assert_eq!(status, StatusCode::OK, "{path}: {told}");
        told
    }

    async fn refused(&self, path: &str) -> (u16, String, String) {
        refusal(self.ask(request(Method::GET, path).body(Body::empty()).unwrap()).await)
    }

    async fn post(&self, path: &str, order: &Value) -> (StatusCode, Value) {
        let json = request(Method::POST, path).header(header::CONTENT_TYPE, "application/json");
        self.ask(json.body(Body::from(order.to_string())).unwrap()).await
    }

    async fn send_file(&self, name: &str, bytes: &str, fields: &[(&str, &str)]) -> (StatusCode, Value) {
        let mut body = String::new();
        for (field, text) in fields {
            body += &format!("--cut\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{text}\r\n");
        }
        body += &format!(
            "--cut\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n{bytes}\r\n--cut--\r\n"
        );
        let form = request(Method::POST, "/api/v1/intake");
        self.ask(
            form.header(header::CONTENT_TYPE, "multipart/form-data; boundary=cut")
                .body(Body::from(body))
                .unwrap(),
        )
        .await
    }
}

fn request(method: Method, path: &str) -> axum::http::request::Builder {
    let escaped: String =
        path.chars().map(|c| if c.is_ascii() { c.to_string() } else { percent(c) }).collect();
    Request::builder()
        .method(method)
        .uri(escaped)
        .header(header::HOST, "localhost")
        .header(header::ACCEPT_LANGUAGE, "en")
}

fn percent(c: char) -> String {
    c.to_string().bytes().map(|it| format!("%{it:02X}")).collect()
}

/// The status, kind and message of what did not happen.
fn refusal((status, told): (StatusCode, Value)) -> (u16, String, String) {
    let text = |name: &str| told["error"][name].as_str().unwrap_or_else(|| panic!("{told}")).to_owned();
    (status.as_u16(), text("kind"), text("message"))
}

/// Blanks what differs from run to run.
fn steady(mut told: Value, fields: &[&str]) -> String {
    for field in fields {
        *told.pointer_mut(field).unwrap_or_else(|| panic!("no {field}")) = json!("…");
    }
    serde_json::to_string_pretty(&sorted(&told)).unwrap()
}

/// The same with its keys in order, whatever order `serde_json` keeps them in.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(object) => {
            let keys: BTreeSet<&String> = object.keys().collect();
            keys.into_iter().map(|it| (it.clone(), sorted(&object[it]))).collect()
        }
        Value::Array(list) => list.iter().map(sorted).collect(),
        other => other.clone(),
    }
}

#[tokio::test]
async fn what_is_sent_is_told_file_by_file_with_a_receipt() {
    let client = Client::new().await;
    let (status, told) = client
        .send_file("通知.txt", NOTICE, &[("unit", "文明办"), ("standard", "Ⅰ-1 1)"), ("kind", "规范文件")])
        .await;
    assert_eq!(status, StatusCode::OK, "{told}");
    insta::assert_snapshot!(steady(told, &["/receipt/hash"]), @r#"
    {
      "lines": [
        {
          "bytes": 123,
          "evidence": 8,
          "findings": [],
          "path": "通知.txt",
          "sha256": "32e30b4faaa1a501ef4e405fd81d032e83038ac65ca8178f3ea87ca7e251476a",
          "standard": "1.1",
          "unit": "wmb",
          "verdict": "filed"
        }
      ],
      "receipt": {
        "broken_off": false,
        "bytes": 123,
        "counts": {
          "filed": 1
        },
        "entry": 9,
        "hash": "…",
        "list_sha256": "c5dc4b79f954b88e12d1ef6e6efca9fb3ec1c065d2cc3da065439e2a2e33e485",
        "submission": 7,
        "unassigned": 0
      }
    }
    "#);
}

#[tokio::test]
async fn what_is_accepted_is_no_longer_owed() {
    let (client, number) = Client::with_notice().await;
    let gaps = client.get("/api/v1/schemes/2017/gaps?unit=文明办").await;
    insta::assert_snapshot!(steady(gaps["gaps"][0].clone(), &[]), @r#"
    {
      "accepted": 0,
      "code": "Ⅰ-1 1)",
      "deadline": "2017-04-30T17:00:00",
      "evidence": [
        [
          8,
          "pending"
        ]
      ],
      "gap": 1,
      "need": 1,
      "pending": 1,
      "period": "once",
      "requirement": "lf-wj",
      "scheme": "2017",
      "standard": "1.1",
      "state": "pending",
      "title": "领导机构文件",
      "unit": "wmb",
      "unit_name": "市文明办"
    }
    "#);
    assert_eq!((&gaps["open"], &gaps["owed"], &gaps["gap"]), (&json!(2), &json!(2), &json!(8)));
    let order = json!({ "evidence": [format!("#{number}")] });
    let (status, done) = client.post("/api/v1/verbs/accept", &order).await;
    assert_eq!(
        (status, done),
        (StatusCode::OK, json!({ "judged": [{ "evidence": number, "scheme": "2017", "standard": "1.1" }] }))
    );
    let gaps = client.get("/api/v1/schemes/2017/gaps?unit=wmb").await;
    assert_eq!((gaps["open"].as_i64(), gaps["accepted"].as_i64()), (Some(1), Some(1)), "{gaps}");
}

#[tokio::test]
async fn every_path_that_is_described_answers_and_there_are_no_others() {
    let (client, number) = Client::with_notice().await;
    let described = client.get("/api/v1/openapi.json").await;
    assert_eq!(described, juanzong::web::openapi().unwrap());
    let mut n_operations = 0;
    for (path, methods) in described["paths"].as_object().unwrap() {
        n_operations += methods.as_object().unwrap().len();
        let id = if path.contains("submissions") { number - 1 } else { number };
        let real =
            [("{scheme}", "2017"), ("{requirement}", "lf-wj"), ("{unit}", "wmb"), ("{period}", "once")];
        let real = real.iter().fold(path.clone(), |path, (name, value)| path.replace(name, value));
        let real = real.replace("{id}", &id.to_string()).replace("{n}", "1").replace("{verb}", "accept");
        if methods.get("get").is_some() {
            assert!(client.get(&real).await.is_object(), "{real}");
        } else {
            let (status, told) = client.post(&real, &json!({})).await;
            assert!(status.is_client_error() && status != StatusCode::NOT_FOUND, "{real}: {told}");
        }
        let (status, ..) =
            refusal(client.ask(request(Method::DELETE, &real).body(Body::empty()).unwrap()).await);
        assert_eq!(status, 405, "{real}");
    }
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web/api");
    let texts =
        std::fs::read_dir(folder).unwrap().map(|it| std::fs::read_to_string(it.unwrap().path()).unwrap());
    let code: String = texts.collect();
    assert_eq!(code.matches("#[utoipa::path(").count(), n_operations, "a handler is not routed");
    assert!(!code.contains(".route("), "a route that is not described");
}

/// What is pointed to stands in the description.
#[test]
fn the_description_is_whole() {
    fn pointers(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(object) => {
                found.extend(object.get("$ref").and_then(Value::as_str).map(str::to_owned));
                object.values().for_each(|it| pointers(it, found));
            }
            Value::Array(list) => list.iter().for_each(|it| pointers(it, found)),
            _ => {}
        }
    }
    let described = juanzong::web::openapi().unwrap();
    let operations =
        described["paths"].as_object().unwrap().values().flat_map(|it| it.as_object().unwrap().values());
    for response in operations.flat_map(|it| it["responses"].as_object().unwrap().values()) {
        assert!(
            response["description"].as_str().is_some_and(|it| !it.is_empty()),
            "OpenAPI demands one: {response}"
        );
    }
    let mut found = BTreeSet::new();
    pointers(&described, &mut found);
    assert!(found.len() > 40, "{found:?}");
    for pointer in found {
        let to = described.pointer(pointer.trim_start_matches('#'));
        assert!(to.is_some_and(|it| !it.as_object().unwrap().is_empty()), "{pointer} points to nothing");
    }
}

#[tokio::test]
async fn a_piece_is_told_whole() {
    let (client, number) = Client::with_notice().await;
    let whole = client.get(&format!("/api/v1/evidence/{number}")).await;
    insta::assert_snapshot!(steady(whole["files"].clone(), &[]), @r#"
    [
      {
        "bytes": "/evidence/8/parts/1",
        "media_type": "text/plain",
        "name": "通知.txt",
        "part": 1,
        "text": "/api/v1/evidence/8/parts/1/text",
        "thumbnail": null
      }
    ]
    "#);
    assert_eq!(whole["evidence"]["id"], number);
    assert_eq!(whole["readings"][0]["status"], "ok");
    assert_eq!(whole["dates"].as_array().unwrap().iter().filter(|it| it["from"] == "2017-03-06").count(), 1);
    let text = client.get(whole["files"][0]["text"].as_str().unwrap()).await;
    assert!(text["text"].as_str().unwrap().contains("志愿服务由文明办牵头"), "{text}");
    let history = client.get(&format!("/api/v1/evidence/{number}/history")).await;
    let told: Vec<&str> =
        history["entries"].as_array().unwrap().iter().map(|it| it["told"].as_str().unwrap()).collect();
    assert_eq!(told, ["filed it from 通知.txt", "read it: ok"]);
    let explained = client.get("/api/v1/schemes/2017/duties/lf-wj/wmb/once").await;
    assert_eq!(
        (&explained["state"], &explained["counted"][0]["evidence"]),
        (&json!("pending"), &json!(number))
    );
    assert_eq!(
        (&explained["measure"], &explained["date"], &explained["to"]),
        (&json!("piece"), &json!("made"), &json!("2017-07-31"))
    );
}

#[tokio::test]
async fn long_lists_come_in_pages_and_say_their_total() {
    let (client, number) = Client::with_notice().await;
    client.send_file("x.txt", "甲", &[]).await;
    client.send_file("y.txt", "乙", &[]).await;
    let lost = client.get("/api/v1/unassigned?limit=1&offset=1").await;
    assert_eq!((lost["total"].as_i64(), lost["pieces"].as_array().unwrap().len()), (Some(2), 1));
    assert_eq!(lost["pieces"][0]["path"], "x.txt", "the latest comes first");
    let duties = client.get("/api/v1/schemes/2017/duties?state=open&limit=2").await;
    assert_eq!(duties["duties"].as_array().unwrap().len(), 2);
    assert!(duties["total"].as_i64() > Some(10), "{duties}");
    assert_eq!(client.get("/api/v1/submissions?limit=2").await["total"], 3);
    let unit = client.get("/api/v1/units/wmb").await;
    assert_eq!((&unit["total"], &unit["pieces"][0]["evidence"]), (&json!(1), &json!(number)));
    assert_eq!(client.get("/api/v1/units?limit=0").await, json!({ "total": 4, "units": [] }));
    assert_eq!(client.get("/api/v1/schemes/2017/review").await["total"], 1);
    let status = client.get("/api/v1/status").await;
    assert_eq!((&status["evidence"], &status["unassigned"]), (&json!(3), &json!(2)));
}

#[tokio::test]
async fn the_matrix_sums_and_goes_down() {
    let (client, _) = Client::with_notice().await;
    let matrix = client.get("/api/v1/schemes/2017/matrix").await;
    assert_eq!((&matrix["level"], &matrix["columns"][0]["code"]), (&json!(1), &json!("Ⅰ-1")));
    let matrix = client.get("/api/v1/schemes/2017/matrix?below=1").await;
    let codes: Vec<&str> =
        matrix["columns"].as_array().unwrap().iter().map(|it| it["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["Ⅰ-1 1)", "Ⅰ-1 2)", "Ⅰ-1 3)"]);
    let row = matrix["rows"].as_array().unwrap().iter().find(|it| it["unit"] == "wmb").unwrap();
    insta::assert_snapshot!(steady(row["cells"][0].clone(), &[]), @r#"
    {
      "accepted": 0,
      "need": 8,
      "open": 2,
      "owed": 2,
      "pending": 1,
      "state": "partial",
      "states": {
        "missing": 1,
        "pending": 1
      }
    }
    "#);
    assert_eq!(client.refused("/api/v1/schemes/2017/matrix?below=9").await.0, 404);
}

#[tokio::test]
async fn a_dossier_is_planned_and_its_link_leads_to_the_zip() {
    let (client, _) = Client::with_notice().await;
    let plan = client.get("/api/v1/schemes/2017/dossier?unit=文明办&at=2026-01-01T00:00:00Z").await;
    assert_eq!(
        (&plan["pending"], &plan["files"]),
        (&json!(0), &json!(0)),
        "nothing was filed by then: {plan}"
    );
    let plan = client.get("/api/v1/schemes/2017/dossier?unit=文明办").await;
    assert_eq!(
        (&plan["pending"], &plan["files"], &plan["kinds"]),
        (&json!(1), &json!(1), &json!({ "规范文件": 1 }))
    );
    let link = plan["download"].as_str().unwrap();
    let zip =
        client.router.clone().oneshot(request(Method::GET, link).body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(zip.headers()[header::CONTENT_LENGTH].to_str().unwrap(), plan["bytes"].to_string());
    assert_eq!(client.refused("/api/v1/schemes/1999/dossier").await.0, 404);
}
