//! What the API turns away, and how it says so: always in JSON.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use serde_json::json;
use tower::ServiceExt as _;

use super::{Client, refusal, request};

#[tokio::test]
async fn what_is_not_for_this_server_or_comes_from_another_page_is_turned_away() {
    let client = Client::new().await;
    let foreign = Request::builder().uri("/api/v1/status").header(header::HOST, "evil.example");
    let (status, kind, _) = refusal(client.ask(foreign.body(Body::empty()).unwrap()).await);
    assert_eq!((status, kind.as_str()), (403, "denied"));
    let json =
        || request(Method::POST, "/api/v1/verbs/accept").header(header::CONTENT_TYPE, "application/json");
    for (name, value) in [(header::ORIGIN.as_str(), "http://evil.example"), ("sec-fetch-site", "cross-site")]
    {
        let (status, kind, _) =
            refusal(client.ask(json().header(name, value).body(Body::from("{}")).unwrap()).await);
        assert_eq!((status, kind.as_str()), (403, "denied"), "{name}");
    }
    let own = json().header(header::ORIGIN, "http://localhost").body(Body::from("{}")).unwrap();
    assert_ne!(client.ask(own).await.0, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn what_is_wrong_with_a_request_is_said_in_json() {
    let client = Client::new().await;
    let (status, kind, message) = client.refused("/api/v1/nothing").await;
    assert_eq!((status, kind.as_str(), message.as_str()), (404, "notfound", "There is no such page."));
    assert_eq!(client.refused("/api/v1/schemes/2017/duties?state=lost").await.0, 422);
    assert_eq!(client.refused("/api/v1/schemes/2017/duties?limit=x").await.0, 400);
    assert_eq!(client.refused("/api/v1/schemes/2017/gaps?as_of=soon").await.0, 422);
    assert_eq!(client.refused("/api/v1/evidence/999").await.0, 404);
    assert_eq!(client.refused("/api/v1/evidence/x").await.0, 400);
    let (status, _, message) = refusal(client.post("/api/v1/verbs/burn", &json!({})).await);
    assert_eq!((status, message.as_str()), (404, "There is no verb “burn”."));
    let (status, _, message) = refusal(client.post("/api/v1/verbs/accept", &json!({ "pieces": [1] })).await);
    assert!(status == 422 && message.contains("unknown field `pieces`"), "{message}");
    let typed =
        request(Method::POST, "/api/v1/verbs/accept").header(header::CONTENT_TYPE, "application/json");
    assert_eq!(refusal(client.ask(typed.body(Body::from("{")).unwrap()).await).0, 400);
    let form = request(Method::POST, "/api/v1/verbs/accept").header(header::CONTENT_TYPE, "text/plain");
    assert_eq!(refusal(client.ask(form.body(Body::from("{}")).unwrap()).await).0, 415);
    let (status, _, message) = refusal(client.send_file("", "", &[("unit", "文明办")]).await);
    assert!(status == 422 && message.contains("No file was chosen"), "{message}");
    let (status, told) = client.send_file("a.txt", "甲", &[("unit", "无此单位")]).await;
    assert_eq!(status, StatusCode::NOT_FOUND, "{told}");
    let wrong = client
        .router
        .clone()
        .oneshot(request(Method::DELETE, "/api/v1/status").body(Body::empty()).unwrap())
        .await
        .unwrap();
    assert_eq!(wrong.headers()[header::ALLOW], "GET,HEAD");
}
