package io.crashmonitor.operator.agent;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.crashmonitor.agent.AgentProtocol;
import io.crashmonitor.agent.DumpAbandon;
import io.crashmonitor.agent.DumpCompletion;
import io.crashmonitor.agent.DumpOffer;
import io.crashmonitor.agent.SyncRequest;
import io.crashmonitor.operator.storage.DumpPlaces;
import io.crashmonitor.operator.storage.ResourceKey;
import io.crashmonitor.operator.storage.StorageFaultException;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agent protocol over HTTPS. Requests that may wait for the API server or storage run on a
 * bounded number of workers; polls that wait for news run on none.
 */
public final class AgentServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AgentServer.class);
  private static final int WORKERS = 16;
  private static final int QUEUE = 2000;
  private static final JsonMapper JSON = AgentProtocol.mapper();

  /**
   * What the endpoint works with.
   *
   * @param spoke told the session whose agent has news of a dump
   * @param longestPoll {@link AgentProtocol#LONGEST_POLL}, less in tests
   */
  public record Parts(
      KubernetesClient client,
      SessionBoard board,
      AgentRegistry registry,
      DumpPlaces places,
      Consumer<ResourceKey> spoke,
      Clock clock,
      Duration longestPoll) {}

  private record Reply(int status, byte[] json) {}

  private final SessionBoard board;
  private final PodIdentities identities;
  private final SyncDesk syncs;
  private final DumpDesk dumps;
  private final Consumer<ResourceKey> spoke;
  private final RequestLimits requests;
  private final RequestLimits offers;
  private final ThreadPoolExecutor workers;
  private final AgentListener listener;
  private final Javalin app;

  private <C extends PodIdentities.Cluster & PodConditions.Patcher> AgentServer(
      Parts parts, C cluster, AgentListener listener) {
    Clock clock = parts.clock();
    this.board = parts.board();
    this.identities = new PodIdentities(cluster, clock);
    this.syncs =
        new SyncDesk(
            board, parts.registry(), new PodConditions(cluster, clock), clock, parts.longestPoll());
    this.dumps = new DumpDesk(parts.places(), clock);
    this.spoke = parts.spoke();
    this.requests = new RequestLimits(120, Duration.ofMillis(500), clock);
    this.offers = new RequestLimits(60, Duration.ofSeconds(10), clock);
    this.workers = workers();
    this.listener = listener;
    this.app = Javalin.create(this::configure);
  }

  /**
   * Starts to listen.
   *
   * @param port 0 for any free one
   */
  public static AgentServer start(Parts parts, AgentCertificates certificates, int port) {
    return start(parts, new KubernetesCluster(parts.client()), certificates.tls(), port);
  }

  static <C extends PodIdentities.Cluster & PodConditions.Patcher> AgentServer start(
      Parts parts, C cluster, AgentTls tls, int port) {
    AgentServer server = new AgentServer(parts, cluster, new AgentListener(tls, port));
    server.app.start();
    LOG.atInfo().addKeyValue("port", server.port()).log("agents are heard");
    return server;
  }

  public int port() {
    return listener.port();
  }

  /** From the next connection on; those that are open stay. */
  public void use(AgentCertificates certificates) {
    listener.use(certificates.tls());
  }

  /** How many polls wait now. */
  int waiting() {
    return syncs.waiting();
  }

  @Override
  public void close() {
    syncs.release();
    app.stop();
    workers.shutdownNow();
  }

  private void configure(JavalinConfig config) {
    config.startup.showJavalinBanner = false;
    config.startup.startupWatcherEnabled = false;
    config.http.asyncTimeout = AgentProtocol.LONGEST_POLL.plusSeconds(60).toMillis();
    listener.configure(config);
    config.routes.post(AgentProtocol.SYNC, ctx -> handle(ctx, this::sync));
    config.routes.post(
        AgentProtocol.DUMPS, ctx -> handle(ctx, call -> onWorker(() -> offer(call))));
    config.routes.post(
        AgentProtocol.COMPLETE, ctx -> handle(ctx, call -> onWorker(() -> complete(call))));
    config.routes.post(
        AgentProtocol.ABANDON, ctx -> handle(ctx, call -> onWorker(() -> abandon(call))));
  }

  private void handle(Context ctx, Function<AgentCall, CompletableFuture<Reply>> work) {
    CompletableFuture<Reply> reply;
    try {
      reply = work.apply(AgentCall.of(ctx)).exceptionally(AgentServer::refused);
    } catch (RuntimeException e) {
      reply = CompletableFuture.completedFuture(refused(e));
    }
    CompletableFuture<Reply> answer = reply;
    ctx.future(() -> answer.thenAccept(r -> write(ctx, r)));
  }

  private CompletableFuture<Reply> sync(AgentCall call) {
    return onWorker(
            () -> {
              AgentIdentity pod = identify(call);
              SyncRequest request = call.as(SyncRequest.class);
              syncs.hear(pod, request);
              syncs.answer(pod);
              return Map.entry(pod, syncs.news(pod, request));
            })
        .thenCompose(
            // Whoever publishes has better things to do than to write answers.
            told -> told.getValue().thenApplyAsync(news -> syncs.answer(told.getKey()), workers))
        .thenApply(AgentServer::ok);
  }

  private Reply offer(AgentCall call) {
    AgentIdentity pod = identify(call);
    if (!offers.allows(pod.podUid())) {
      throw Refusal.tooMany("too many requests of this pod");
    }
    DumpOffer offer = call.as(DumpOffer.class);
    PublishedSession session = session(pod);
    AgentIdentity whole =
        pod.imageIds().containsKey(session.container())
            ? pod
            : identities.anew(pod, call.token(), call.address());
    Reply reply = ok(dumps.offer(whole, session, offer));
    spoke.accept(session.session());
    return reply;
  }

  private Reply complete(AgentCall call) {
    AgentIdentity pod = identify(call);
    PublishedSession session = session(pod);
    Reply reply = ok(dumps.complete(pod, session, call.crash(), call.as(DumpCompletion.class)));
    spoke.accept(session.session());
    return reply;
  }

  private Reply abandon(AgentCall call) {
    AgentIdentity pod = identify(call);
    PublishedSession session = session(pod);
    dumps.abandon(pod, session, call.crash(), call.as(DumpAbandon.class));
    spoke.accept(session.session());
    return ok(Map.of());
  }

  private AgentIdentity identify(AgentCall call) {
    AgentIdentity pod = identities.identify(call.token(), call.address());
    if (!requests.allows(pod.podUid())) {
      throw Refusal.tooMany("too many requests of this pod");
    }
    return pod;
  }

  private PublishedSession session(AgentIdentity pod) {
    return board
        .find(pod.sessionUid())
        .orElseThrow(() -> Refusal.notNow("the session is not known here (yet)"));
  }

  private <T> CompletableFuture<T> onWorker(Supplier<T> work) {
    try {
      return CompletableFuture.supplyAsync(work, workers);
    } catch (RejectedExecutionException e) {
      throw Refusal.notNow("too much to do");
    }
  }

  private static Reply ok(Object value) {
    try {
      return new Reply(200, JSON.writeValueAsBytes(value));
    } catch (IOException recordsAlwaysCan) {
      throw new IllegalStateException(recordsAlwaysCan);
    }
  }

  private static Reply refused(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof Refusal refusal) {
      return error(refusal.status(), refusal.getMessage());
    }
    if (cause instanceof StorageFaultException || cause instanceof RejectedExecutionException) {
      LOG.atWarn().addKeyValue("why", cause.getMessage()).log("an agent has to try again");
      return error(503, "storage cannot be used now");
    }
    LOG.atError().setCause(cause).log("an agent's request failed");
    return error(500, "internal error");
  }

  private static Reply error(int status, String message) {
    return new Reply(status, ok(Map.of("error", message)).json());
  }

  private static void write(Context ctx, Reply reply) {
    ctx.status(reply.status()).contentType("application/json").result(reply.json());
    if (reply.status() == 503 || reply.status() == 429) {
      ctx.header("Retry-After", Integer.toString(Refusal.RETRY_AFTER));
    }
    if (reply.status() == 401) {
      ctx.header("WWW-Authenticate", "Bearer");
    }
  }

  private static ThreadPoolExecutor workers() {
    AtomicInteger number = new AtomicInteger();
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            WORKERS,
            WORKERS,
            30,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(QUEUE),
            task -> {
              Thread thread = new Thread(task, "agent-worker-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }
}
