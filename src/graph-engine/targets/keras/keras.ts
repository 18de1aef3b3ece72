import type { Framework } from '../python/framework.ts';
import { kerasEmitter } from './emitters/index.ts';

/** How networks are written for Keras 3, for whichever backend it runs on. */
export const keras: Framework = {
  title: 'Keras',
  blockBase: 'layers.Layer',
  networkBase: 'keras.Model',
  forward: 'call',
  passedOn: '**kwargs',
  identity: 'layers.Identity()',
  taken: new Set(
    (
      'keras layers ops numpy inputs activity_regularizer add_loss add_metric add_variable add_weight autocast build ' +
      'build_from_config built call compile compile_from_config compiled_metrics compute_dtype compute_loss ' +
      'compute_mask compute_metrics compute_output_shape compute_output_spec count_params dtype dtype_policy evaluate ' +
      'export fit from_config get_build_config get_compile_config get_config get_layer get_metrics_result ' +
      'get_quantization_layer_structure get_state_tree get_weights history input input_dtype input_spec jit_compile ' +
      'kwargs load_own_variables load_weights loss losses make_predict_function make_test_function ' +
      'make_train_function metrics metrics_names metrics_variables name non_trainable_variables ' +
      'non_trainable_weights optimizer output path predict predict_function predict_on_batch predict_step ' +
      'quantization_mode quantize quantized_build quantized_call rematerialized_call reset_metrics run_eagerly save ' +
      'save_own_variables save_weights set_state_tree set_weights stateless_call stateless_compute_loss steps_per_execution ' +
      'stop_evaluating stop_predicting stop_training summary supports_jit supports_masking symbolic_call test_function ' +
      'test_on_batch test_step to_json train_function train_on_batch train_step trainable trainable_variables ' +
      'trainable_weights training variable_dtype variables weights'
    ).split(' '),
  ),
  emitterOf: kerasEmitter,
  chain: listOf,
  isChainCalled: false,
  list: listOf,
  zerosLike: (variable) => `ops.zeros_like(${variable})`,
  zeros: (reference, sizes, dtype) => `ops.zeros((${[`ops.shape(${reference})[0]`, ...sizes].join(', ')}), "${dtype}")`,
  axisOrder: ({ axes }) => axes.map((_, index) => index),
  // `fit` tells only a network that asks whether it trains; layers then know.
  networkTakes: ['training=None'],
  unpacksInputs: true,
};

/** A list; one loop alone needs no second pair of brackets. */
function listOf(items: readonly string[]): string {
  const [only, ...others] = items;
  const loop = others.length === 0 ? /^\*\((.*)\)$/s.exec(only ?? '')?.[1] : undefined;
  return `[${loop ?? items.join(', ')}]`;
}
