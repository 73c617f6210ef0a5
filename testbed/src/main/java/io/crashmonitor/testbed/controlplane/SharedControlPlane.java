package io.crashmonitor.testbed.controlplane;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * The one control plane that all tests of a JVM share, started by the first that asks and ended
 * with the JVM. Tests keep apart by {@link ControlPlane#newNamespace}.
 *
 * <p>As a JUnit extension it gives test classes and methods a parameter of type {@link
 * ControlPlane}. Keys, logs and data are in {@code target/testbed/control-plane-<pid>} of the
 * module under test.
 */
public final class SharedControlPlane implements ParameterResolver {
  private static ControlPlane shared;
  private static RuntimeException failure;

  /** For JUnit's {@code @ExtendWith}. */
  public SharedControlPlane() {}

  /**
   * The shared control plane.
   *
   * @throws IllegalStateException when it cannot be started; tried once per JVM
   */
  public static synchronized ControlPlane get() {
    if (failure != null) {
      throw new IllegalStateException("The shared control plane did not start before", failure);
    }
    if (shared == null) {
      try {
        shared = ControlPlane.start(Provisioned.load(), Folders.forServer("control-plane"));
        Runtime.getRuntime().addShutdownHook(new Thread(shared::close, "control-plane-close"));
      } catch (RuntimeException e) {
        failure = e;
        throw e;
      }
    }
    return shared;
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext extension) {
    return parameter.getParameter().getType() == ControlPlane.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext extension) {
    return get();
  }
}
