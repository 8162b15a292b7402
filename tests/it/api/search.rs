//! Searching by JSON.

use serde_json::json;

use super::{Client, steady};

#[tokio::test]
async fn what_was_sent_is_found() {
    let (client, _) = Client::with_notice().await;
    let found = client.get("/api/v1/search?q=志愿服务 领导小组".replace(' ', "%20").as_str()).await;
    insta::assert_snapshot!(steady(found["hits"][0].clone(), &["/score"]), @r#"
    {
      "evidence": 8,
      "name": "通知.txt",
      "near": false,
      "part": 1,
      "place": null,
      "score": "…",
      "sha256": "32e30b4faaa1a501ef4e405fd81d032e83038ac65ca8178f3ea87ca7e251476a",
      "snippet": "关于成立学雷锋活动领导小组的通知\n各单位:\n志愿服务由文明办牵头。\n市文明办\n2017年3月6日\n",
      "standards": [
        "Ⅰ-1 1)"
      ],
      "state": [
        "pending"
      ],
      "tags": [],
      "title": "通知",
      "unit": "wmb"
    }
    "#);
    assert_eq!((&found["total"], &found["entry"], &found["near"]), (&json!(1), &json!(10), &json!(0)));
    assert_eq!(found["facets"][0], json!({ "field": "unit", "counts": [{ "value": "wmb", "n": 1 }] }));
    assert_eq!(found["chips"][1], json!({ "shown": "领导小组", "without": "志愿服务" }));
}
