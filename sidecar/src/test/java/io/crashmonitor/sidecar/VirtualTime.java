package io.crashmonitor.sidecar;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RunnableScheduledFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** Runs tasks on the test's own thread, one after the other, in a time that nobody waits for. */
final class VirtualTime extends AbstractExecutorService implements ScheduledExecutorService {
  // Far more than anything asks for that waits between two attempts.
  private static final int BUSY = 500;

  private final PriorityQueue<Task> tasks =
      new PriorityQueue<>(Comparator.comparingLong(task -> task.at));
  private long now;
  private boolean shutdown;

  private final class Task extends FutureTask<Void> implements RunnableScheduledFuture<Void> {
    private final long at;

    Task(Runnable what, long at) {
      super(what, null);
      this.at = at;
    }

    @Override
    public long getDelay(TimeUnit unit) {
      return unit.convert(at - now, TimeUnit.MILLISECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
      return Long.compare(getDelay(TimeUnit.MILLISECONDS), other.getDelay(TimeUnit.MILLISECONDS));
    }

    @Override
    public boolean isPeriodic() {
      return false;
    }
  }

  /**
   * Lets so much time pass, with all that is due in it.
   *
   * @throws AssertionError for a busy loop, which would otherwise take its time
   */
  void pass(Duration time) {
    long end = now + time.toMillis();
    for (int ran = 0; !tasks.isEmpty() && tasks.peek().at <= end; ran++) {
      if (ran == BUSY) {
        throw new AssertionError("more than " + BUSY + " tasks in " + time);
      }
      Task next = tasks.poll();
      now = Math.max(now, next.at);
      next.run();
    }
    now = Math.max(now, end);
  }

  /** A task sleeps. */
  void sleep(Duration time) {
    now += time.toMillis();
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
    Task task = new Task(command, now + unit.toMillis(delay));
    tasks.add(task);
    return task;
  }

  @Override
  public void execute(Runnable command) {
    schedule(command, 0, TimeUnit.MILLISECONDS);
  }

  @Override
  public void shutdown() {
    shutdown = true;
  }

  @Override
  public List<Runnable> shutdownNow() {
    shutdown = true;
    tasks.clear();
    return List.of();
  }

  @Override
  public boolean isShutdown() {
    return shutdown;
  }

  @Override
  public boolean isTerminated() {
    return shutdown && tasks.isEmpty();
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return isTerminated();
  }

  @Override
  public <V> ScheduledFuture<V> schedule(Callable<V> callable, long delay, TimeUnit unit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(
      Runnable command, long initialDelay, long period, TimeUnit unit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable command, long initialDelay, long delay, TimeUnit unit) {
    throw new UnsupportedOperationException();
  }
}
