import { crashStory } from './story.ts'

crashStory({
  services: ['kafka', 'postgresql'],
  title: 'pipelines into PostgreSQL, killed again and again',
  sinks: sink => sink.includes('postgresql'),
  decisive: /^postgresql\.(UPDATE|INSERT|COMMIT)$|^(checkpoint\.(offsets|commits)|output\._spark_metadata)\.link$/,
  brokerRestarts: 0,
})
