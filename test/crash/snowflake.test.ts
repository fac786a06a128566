import { crashStory } from './story.ts'

crashStory({
  services: ['kafka', 'fakesnow'],
  title: 'pipelines into Snowflake, killed again and again',
  sinks: sink => sink.includes('snowflake'),
  decisive: /^snowflake\.(COPY|INSERT|MERGE|UPDATE|COMMIT)$|^checkpoint\.(offsets|commits)\.link$/,
  brokerRestarts: 0,
})
