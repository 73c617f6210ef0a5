package io.crashmonitor.report;

/** Where an exit code is from, best first. */
public enum ExitCodeSource {
  /** The helper held a handle of the process. */
  AttachHelper,
  /** The kubelet saw the container's entry process end. */
  Kubelet,
  /** Nobody saw the end: the code of the exception. */
  Exception
}
