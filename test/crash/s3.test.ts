import { crashStory } from './story.ts'

crashStory({
  services: ['kafka', 's3'],
  title: 'pipelines into S3 with their checkpoint there, killed again and again',
  sinks: sink => sink.includes('s3'),
  decisive: /^s3\.PutObject\.(checkpoint\.(offsets|commits|millrace\.state\.0)|output(\._spark_metadata)?)$/,
  brokerRestarts: 0,
})
