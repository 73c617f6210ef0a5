package io.crashmonitor.operator.agent;

import io.crashmonitor.api.Names;
import io.crashmonitor.operator.inject.InjectedPod;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewStatus;
import io.fabric8.kubernetes.api.model.authentication.UserInfo;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Who speaks: a pod-bound token is reviewed by the API server, and the pod it names must be one
 * that a session injected. What was found out is kept for ten minutes under the token's hash, so
 * each pod costs one review and one get in that time. Anybody can make up tokens without end: what
 * the API server is asked is limited for each address, and altogether.
 */
final class PodIdentities {
  static final Duration LIFE = Duration.ofMinutes(10);
  static final Duration REFUSAL_LIFE = Duration.ofSeconds(30);
  private static final int DEFAULT_GRACE_PERIOD = 30;

  /** All pods may come from the address of a gateway, at once after the operator was away. */
  static final int REVIEWS_OF_AN_ADDRESS = 1000;

  private static final Duration NEXT_OF_AN_ADDRESS = Duration.ofMillis(500);
  static final int REVIEWS = 2000;
  private static final Duration NEXT = Duration.ofMillis(20);
  private static final String ALL = "";
  private static final int REMEMBERED = 20_000;
  private static final int TOKEN_LIMIT = 16 * 1024;
  private static final String POD_NAME = "authentication.kubernetes.io/pod-name";
  private static final String POD_UID = "authentication.kubernetes.io/pod-uid";
  private static final String SERVICE_ACCOUNT = "system:serviceaccount:";

  /** The API server's word on a token and on a pod. */
  interface Cluster {
    TokenReviewStatus review(String token, String audience);

    Optional<Pod> pod(String namespace, String name);
  }

  private record Known(
      Optional<AgentIdentity> identity, Optional<Refusal> refusal, Instant until) {}

  private final Cluster cluster;
  private final Clock clock;
  private final RequestLimits ofAddress;
  private final RequestLimits altogether;
  private final Map<String, Known> known =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Known> eldest) {
          return size() > REMEMBERED;
        }
      };

  PodIdentities(Cluster cluster, Clock clock) {
    this.cluster = cluster;
    this.clock = clock;
    this.ofAddress = new RequestLimits(REVIEWS_OF_AN_ADDRESS, NEXT_OF_AN_ADDRESS, clock);
    this.altogether = new RequestLimits(REVIEWS, NEXT, clock);
  }

  /**
   * May ask the API server.
   *
   * @param token as the agent sent it
   * @param address it came from
   * @throws Refusal 401 or 403; 429 for too many unknown tokens of the address; 503 for too many
   *     altogether, or when the API server does not answer
   */
  AgentIdentity identify(String token, String address) {
    if (token.isEmpty() || token.length() > TOKEN_LIMIT) {
      throw Refusal.unauthenticated("a bearer token of the pod is needed");
    }
    String hash = hash(token);
    Instant now = clock.instant();
    Optional<Known> before;
    synchronized (known) {
      before = Optional.ofNullable(known.get(hash)).filter(k -> now.isBefore(k.until()));
    }
    Known answer = before.orElseGet(() -> remember(hash, askWithin(token, address, now)));
    return answer.identity().orElseThrow(() -> answer.refusal().orElseThrow());
  }

  /**
   * The same pod as it is now: a sidecar speaks before the app's container has its image.
   *
   * @return what was known, where nothing newer can be had
   */
  AgentIdentity anew(AgentIdentity before, String token, String address) {
    try {
      Known answer = askWithin(token, address, clock.instant());
      if (answer.identity().isPresent()) {
        remember(hash(token), answer);
      }
      return answer.identity().orElse(before);
    } catch (Refusal notNow) {
      return before;
    }
  }

  private Known remember(String hash, Known answer) {
    synchronized (known) {
      known.put(hash, answer);
    }
    return answer;
  }

  private Known askWithin(String token, String address, Instant now) {
    if (!ofAddress.allows(address)) {
      throw Refusal.tooMany("too many unknown tokens from this address");
    }
    if (!altogether.allows(ALL)) {
      throw Refusal.notNow("too many unknown tokens");
    }
    return ask(token, now);
  }

  private Known ask(String token, Instant now) {
    try {
      return new Known(
          Optional.of(identity(cluster.review(token, Names.AUDIENCE))),
          Optional.empty(),
          now.plus(LIFE));
    } catch (Refusal refusal) {
      return new Known(Optional.empty(), Optional.of(refusal), now.plus(REFUSAL_LIFE));
    } catch (RuntimeException e) {
      // Not remembered: it says nothing about the token.
      throw Refusal.notNow("the API server did not answer the token review");
    }
  }

  private AgentIdentity identity(TokenReviewStatus review) {
    if (review == null || !Boolean.TRUE.equals(review.getAuthenticated())) {
      throw Refusal.unauthenticated("the token is not valid for audience " + Names.AUDIENCE);
    }
    List<String> audiences = review.getAudiences();
    if (audiences == null || !audiences.contains(Names.AUDIENCE)) {
      throw Refusal.unauthenticated("the token is for another audience");
    }
    UserInfo user = review.getUser();
    String name = extra(user, POD_NAME);
    String uid = extra(user, POD_UID);
    String namespace = namespace(user.getUsername());
    if (name.isEmpty() || uid.isEmpty() || namespace.isEmpty()) {
      throw Refusal.forbidden("the token is not bound to a pod");
    }
    Pod pod =
        cluster
            .pod(namespace, name)
            .filter(p -> uid.equals(p.getMetadata().getUid()))
            .orElseThrow(() -> Refusal.forbidden("the token's pod is gone"));
    return identity(pod);
  }

  private static AgentIdentity identity(Pod pod) {
    Map<String, String> labels =
        Optional.ofNullable(pod.getMetadata().getLabels()).orElse(Map.of());
    String session = labels.getOrDefault(Names.SESSION_UID_LABEL, "");
    if (session.isEmpty()) {
      throw Refusal.forbidden("the pod has no label " + Names.SESSION_UID_LABEL);
    }
    Map<String, String> images = new HashMap<>();
    for (Container container : pod.getSpec().getContainers()) {
      images.put(container.getName(), Optional.ofNullable(container.getImage()).orElse(""));
    }
    return new AgentIdentity(
        pod.getMetadata().getNamespace(),
        pod.getMetadata().getName(),
        pod.getMetadata().getUid(),
        session,
        Optional.ofNullable(pod.getSpec().getNodeName()).orElse(""),
        images,
        imageIds(pod),
        InjectedPod.engine(pod),
        gracePeriod(pod),
        attached(pod));
  }

  private static Map<String, String> imageIds(Pod pod) {
    return Optional.ofNullable(pod.getStatus()).stream()
        .flatMap(status -> status.getContainerStatuses().stream())
        .filter(status -> status.getImageID() != null && !status.getImageID().isEmpty())
        .collect(Collectors.toMap(ContainerStatus::getName, ContainerStatus::getImageID));
  }

  private static int gracePeriod(Pod pod) {
    Long seconds = pod.getSpec().getTerminationGracePeriodSeconds();
    return seconds == null
        ? DEFAULT_GRACE_PERIOD
        : (int) Math.max(0, Math.min(Integer.MAX_VALUE, seconds));
  }

  private static Optional<AttachedCondition> attached(Pod pod) {
    return Optional.ofNullable(pod.getStatus()).stream()
        .flatMap(status -> status.getConditions().stream())
        .filter(c -> Names.POD_ATTACHED_CONDITION.equals(c.getType()))
        .map(
            c ->
                new AttachedCondition(
                    "True".equals(c.getStatus()), Optional.ofNullable(c.getReason()).orElse("")))
        .findFirst();
  }

  private static String extra(UserInfo user, String key) {
    List<String> values =
        Optional.ofNullable(user.getExtra()).map(e -> e.get(key)).orElse(List.of());
    return values.size() == 1 ? values.get(0) : "";
  }

  private static String namespace(String username) {
    if (username == null || !username.startsWith(SERVICE_ACCOUNT)) {
      return "";
    }
    String rest = username.substring(SERVICE_ACCOUNT.length());
    int colon = rest.indexOf(':');
    return colon < 0 ? "" : rest.substring(0, colon);
  }

  private static String hash(String token) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }
}
