export { type AvroColumnsOptions, avroColumns } from './columns.ts'
export { type AvroDecoder, avroDecoder, type Decoded, type DecoderOptions, type Messages } from './decoder.ts'
export { type AvroEncoder, avroEncoder, type EncoderOptions } from './encoder.ts'
