"""What `install_code` fills in: the shortest program of each SDK that sends one event."""

from __future__ import annotations

RUDDERSTACK = "RudderStack SDK"
SEGMENT = "Segment SDK"

HOSTED = (
    f"{RUDDERSTACK}, served by this gateway",
    """\
<script>
  window.rudderanalytics = [];
  for (const method of ["load", "page", "track", "identify", "group", "alias", "ready", "reset"]) {
    rudderanalytics[method] = (...given) => rudderanalytics.push([method, ...given]);
  }
  rudderanalytics.load("WRITE_KEY", "DATA_PLANE", { configUrl: "DATA_PLANE" });
  rudderanalytics.page();
</script>
<script async src="SDK_URL"></script>
""",
)

CURL = """\
curl -u 'WRITE_KEY:' DATA_PLANE/v1/track -H 'Content-Type: application/json' \\
  -d '{"userId": "user-1", "event": "Order Completed", "properties": {"revenue": 9.5}}'
"""

WEBHOOK_CALL = """\
curl WEBHOOK_URL -H 'Content-Type: application/json' -d '{"status": "paid", "amount": 9.5}'
"""

PLATFORMS: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = (
    (
        "web",
        "Web",
        (
            (
                RUDDERSTACK,
                """\
// npm install @rudderstack/analytics-js
import { RudderAnalytics } from "@rudderstack/analytics-js";

const analytics = new RudderAnalytics();
analytics.load("WRITE_KEY", "DATA_PLANE", { configUrl: "DATA_PLANE" });
analytics.page();
analytics.track("Order Completed", { revenue: 9.5 });
""",
            ),
            (
                SEGMENT,
                """\
// npm install @segment/analytics-next
import { AnalyticsBrowser } from "@segment/analytics-next";

const analytics = AnalyticsBrowser.load({ writeKey: "WRITE_KEY", cdnURL: "DATA_PLANE" });
analytics.page();
analytics.track("Order Completed", { revenue: 9.5 });
""",
            ),
        ),
    ),
    (
        "python",
        "Python",
        (
            (
                RUDDERSTACK,
                """\
# pip install rudder-sdk-python
from rudderstack.analytics import Client

client = Client("WRITE_KEY", host="DATA_PLANE")
client.track(user_id="user-1", event="Order Completed", properties={"revenue": 9.5})
client.flush()
""",
            ),
            (
                SEGMENT,
                """\
# pip install segment-analytics-python
from segment.analytics import Client

client = Client("WRITE_KEY", host="DATA_PLANE")
client.track(user_id="user-1", event="Order Completed", properties={"revenue": 9.5})
client.flush()
""",
            ),
        ),
    ),
    (
        "node",
        "Node",
        (
            (
                RUDDERSTACK,
                """\
// npm install @rudderstack/rudder-sdk-node
const RudderAnalytics = require("@rudderstack/rudder-sdk-node");

const client = new RudderAnalytics("WRITE_KEY", { dataPlaneUrl: "DATA_PLANE" });
client.track({ userId: "user-1", event: "Order Completed", properties: { revenue: 9.5 } });
client.flush();
""",
            ),
            (
                SEGMENT,
                """\
// npm install @segment/analytics-node
const { Analytics } = require("@segment/analytics-node");

const client = new Analytics({ writeKey: "WRITE_KEY", host: "DATA_PLANE" });
client.track({ userId: "user-1", event: "Order Completed", properties: { revenue: 9.5 } });
client.closeAndFlush();
""",
            ),
        ),
    ),
    (
        "go",
        "Go",
        (
            (
                RUDDERSTACK,
                """\
// go get github.com/rudderlabs/analytics-go/v4
client := analytics.New("WRITE_KEY", "DATA_PLANE")
defer client.Close()
client.Enqueue(analytics.Track{
	UserId:     "user-1",
	Event:      "Order Completed",
	Properties: analytics.NewProperties().Set("revenue", 9.5),
})
""",
            ),
            (
                SEGMENT,
                """\
// go get github.com/segmentio/analytics-go/v3
client, _ := analytics.NewWithConfig("WRITE_KEY", analytics.Config{Endpoint: "DATA_PLANE"})
defer client.Close()
client.Enqueue(analytics.Track{
	UserId:     "user-1",
	Event:      "Order Completed",
	Properties: analytics.NewProperties().Set("revenue", 9.5),
})
""",
            ),
        ),
    ),
    (
        "java",
        "Java",
        (
            (
                RUDDERSTACK,
                """\
// com.rudderstack.sdk.java.analytics:analytics
RudderAnalytics analytics = RudderAnalytics.builder("WRITE_KEY").setDataPlaneUrl("DATA_PLANE").build();
analytics.enqueue(TrackMessage.builder("Order Completed")
    .userId("user-1")
    .properties(Map.of("revenue", 9.5)));
analytics.flush();
""",
            ),
            (
                SEGMENT,
                """\
// com.segment.analytics.java:analytics
Analytics analytics = Analytics.builder("WRITE_KEY").endpoint("DATA_PLANE").build();
analytics.enqueue(TrackMessage.builder("Order Completed")
    .userId("user-1")
    .properties(Map.of("revenue", 9.5)));
analytics.flush();
""",
            ),
        ),
    ),
    (
        "ruby",
        "Ruby",
        (
            (
                RUDDERSTACK,
                """\
# gem install rudder-sdk-ruby
require "rudder-sdk-ruby"

client = Rudder::Analytics.new(write_key: "WRITE_KEY", data_plane_url: "DATA_PLANE")
client.track(user_id: "user-1", event: "Order Completed", properties: { revenue: 9.5 })
client.flush
""",
            ),
            (
                SEGMENT,
                """\
# gem install analytics-ruby
require "segment/analytics"

client = Segment::Analytics.new(
  write_key: "WRITE_KEY", host: "DATA_PLANE_NAME", port: DATA_PLANE_PORT, ssl: DATA_PLANE_SSL
)
client.track(user_id: "user-1", event: "Order Completed", properties: { revenue: 9.5 })
client.flush
""",
            ),
        ),
    ),
    (
        "ios",
        "iOS",
        (
            (
                RUDDERSTACK,
                """\
// Swift package github.com/rudderlabs/rudder-sdk-ios, version 1
import Rudder

let builder = RSConfigBuilder().withDataPlaneUrl("DATA_PLANE").withControlPlaneUrl("DATA_PLANE")
RSClient.getInstance("WRITE_KEY", config: builder.build())
RSClient.sharedInstance()?.track("Order Completed", properties: ["revenue": 9.5])
""",
            ),
            (
                SEGMENT,
                """\
// Swift package github.com/segmentio/analytics-swift; it speaks https alone
import Segment

let analytics = Analytics(configuration: Configuration(writeKey: "WRITE_KEY")
    .apiHost("DATA_PLANE_HOST/v1")
    .cdnHost("DATA_PLANE_HOST/v1"))
analytics.track(name: "Order Completed", properties: ["revenue": 9.5])
""",
            ),
        ),
    ),
    (
        "android",
        "Android",
        (
            (
                RUDDERSTACK,
                """\
// implementation("com.rudderstack.android.sdk:core:1.+")
val client = RudderClient.getInstance(
    this, "WRITE_KEY",
    RudderConfig.Builder().withDataPlaneUrl("DATA_PLANE").withControlPlaneUrl("DATA_PLANE").build(),
)
client.track("Order Completed", RudderProperty().putValue("revenue", 9.5))
""",
            ),
            (
                SEGMENT,
                """\
// implementation("com.segment.analytics.kotlin:android:1.+"); it speaks https alone
val analytics = Analytics("WRITE_KEY", applicationContext) {
    apiHost = "DATA_PLANE_HOST/v1"
    cdnHost = "DATA_PLANE_HOST/v1"
}
analytics.track("Order Completed", buildJsonObject { put("revenue", 9.5) })
""",
            ),
        ),
    ),
    (
        "flutter",
        "Flutter",
        (
            (
                RUDDERSTACK,
                """\
// flutter pub add rudder_sdk_flutter
final builder = RudderConfigBuilder()
  ..withDataPlaneUrl("DATA_PLANE")
  ..withControlPlaneUrl("DATA_PLANE");
RudderController.instance.initialize("WRITE_KEY", config: builder.build());
RudderController.instance.track("Order Completed", properties: RudderProperty()..put("revenue", 9.5));
""",
            ),
            (
                SEGMENT,
                """\
// flutter pub add segment_analytics; it speaks https alone
final analytics = createClient(Configuration("WRITE_KEY",
    apiHost: "DATA_PLANE_HOST/v1", cdnHost: "DATA_PLANE_HOST/v1"));
analytics.track("Order Completed", properties: {"revenue": 9.5});
""",
            ),
        ),
    ),
    (
        "react-native",
        "React Native",
        (
            (
                RUDDERSTACK,
                """\
// npm install @rudderstack/rudder-sdk-react-native
import rudderClient from "@rudderstack/rudder-sdk-react-native";

await rudderClient.setup("WRITE_KEY", { dataPlaneUrl: "DATA_PLANE", controlPlaneUrl: "DATA_PLANE" });
rudderClient.track("Order Completed", { revenue: 9.5 });
""",
            ),
            (
                SEGMENT,
                """\
// npm install @segment/analytics-react-native
import { createClient } from "@segment/analytics-react-native";

const analytics = createClient({
  writeKey: "WRITE_KEY",
  proxy: "DATA_PLANE/v1/batch",
  cdnProxy: "DATA_PLANE/v1/projects",
});
analytics.track("Order Completed", { revenue: 9.5 });
""",
            ),
        ),
    ),
)
