package io.crashmonitor.operator.agent;

import io.crashmonitor.api.CaptureEngine;
import java.util.Map;
import java.util.Optional;

/**
 * The pod an agent speaks for, as the API server knows it.
 *
 * @param sessionUid the session that injected it
 * @param node it runs on; empty when not scheduled
 * @param images by container
 * @param imageIds by container, with their digests, as the node says
 * @param engine that the pod was injected for
 * @param gracePeriodSeconds between the request for the pod's end and its end
 * @param attached status and reason of its condition when it was read
 */
record AgentIdentity(
    String namespace,
    String pod,
    String podUid,
    String sessionUid,
    String node,
    Map<String, String> images,
    Map<String, String> imageIds,
    CaptureEngine engine,
    int gracePeriodSeconds,
    Optional<AttachedCondition> attached) {
  AgentIdentity {
    images = Map.copyOf(images);
    imageIds = Map.copyOf(imageIds);
  }
}
