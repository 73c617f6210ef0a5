package io.crashmonitor.testbed.controlplane;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * The one {@link Azurite} (plain HTTP, in memory) that all tests of a JVM share, started by the
 * first that asks and ended with the JVM. Tests keep apart by containers of their own and leave it
 * running: one that stops storage starts its own.
 *
 * <p>As a JUnit extension it gives test classes and methods a parameter of type {@link Azurite}.
 */
public final class SharedAzurite implements ParameterResolver {
  private static Azurite shared;

  /** For JUnit's {@code @ExtendWith}. */
  public SharedAzurite() {}

  /** The shared Azurite. */
  public static synchronized Azurite get() {
    if (shared == null) {
      shared =
          Azurite.start(
              Provisioned.load(), Folders.forServer("azurite"), Azurite.Persistence.MEMORY);
      Runtime.getRuntime().addShutdownHook(new Thread(shared::close, "azurite-close"));
    }
    return shared;
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext extension) {
    return parameter.getParameter().getType() == Azurite.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext extension) {
    return get();
  }
}
