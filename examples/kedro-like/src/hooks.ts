import type { HookEvent, ProjectHooks } from '../../../src/project/index.ts'

/** Opens the session with the settings of conf/base/spark.yml, as the Kedro project's SparkHooks does. */
export class SparkHooks implements ProjectHooks {
  async afterContextCreated({ context }: HookEvent<'afterContextCreated'>): Promise<void> {
    const session = await context.session()
    session.sparkContext.setLogLevel('WARN')
  }
}

/** Keeps the run alive while a stream runs. `millrace run` waits for its streams by itself; the hook does no harm. */
export class SparkStreamsHook implements ProjectHooks {
  async afterPipelineRun({ context }: HookEvent<'afterPipelineRun'>): Promise<void> {
    const session = await context.session()
    await session.streams.awaitAnyTermination()
  }
}
